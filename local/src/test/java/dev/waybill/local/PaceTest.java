package dev.waybill.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final Duration SHORTEST = Duration.ofMillis(50);

  @Test
  void aHundredTogetherAskAboutTenTimesASecondAndOneAloneAsOftenAsItLikes() {
    Pace pace = new Pace(SHORTEST);
    pace.enter();
    assertThat(pace.interval(Duration.ZERO)).isEqualTo(SHORTEST);

    for (int other = 1; other < 100; other++) {
      pace.enter();
    }
    assertThat(100.0 / pace.interval(Duration.ZERO).toSeconds()).isBetween(9.0, 12.0);

    for (int other = 1; other < 100; other++) {
      pace.leave();
    }
    assertThat(pace.interval(Duration.ZERO)).isEqualTo(SHORTEST);
  }

  @Test
  void whoHasWaitedLongAsksLessOften() {
    Pace pace = new Pace(SHORTEST);
    pace.enter();

    assertThat(pace.interval(Duration.ofSeconds(10))).isEqualTo(Duration.ofMillis(150));
    assertThat(pace.interval(Duration.ofHours(1))).isEqualTo(Duration.ofMillis(550));
  }
}
