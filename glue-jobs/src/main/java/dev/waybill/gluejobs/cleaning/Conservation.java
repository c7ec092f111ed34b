package dev.waybill.gluejobs.cleaning;

/** No row disappears without a reason: what was read is what was cleaned and what was rejected. */
final class Conservation {

  private Conservation() {}

  /**
   * Compares the counts that Spark made in different places.
   *
   * @throws IllegalStateException naming all figures, where rows were lost or doubled
   */
  static void check(long read, Medians checked, long cleaned, long quarantined) {
    boolean holds =
        read == checked.kept() + checked.allRejected()
            && cleaned == checked.kept()
            && quarantined == checked.allRejected();
    if (!holds) {
      throw new IllegalStateException(
          ("rows were lost or doubled: %d read; %d checked as good and %d as rejected; %d written to cleaned/ and %d"
                  + " to quarantine/. The run's outputs are not to be used; run it again")
              .formatted(read, checked.kept(), checked.allRejected(), cleaned, quarantined));
    }
  }
}
