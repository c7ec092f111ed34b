package dev.waybill.local.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.gluejobs.RunRecord;
import dev.waybill.local.run.RunSummary.Recorded;
import dev.waybill.local.run.RunSummary.Rows;
import org.junit.jupiter.api.Test;

class RunSummaryTest {

  /** {@code upload} reads what a stack left that may be older than this command. */
  @Test
  void aRecordWithoutValuesAndWarningsHasNone() {
    Recorded recorded = new Recorded(Rows.NONE, null, null);

    assertThat(recorded.values()).isEqualTo(RunRecord.Values.NONE);
    assertThat(recorded.warnings()).isEmpty();
  }
}
