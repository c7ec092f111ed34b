package dev.waybill.local.glue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.local.Processes;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineTest {

  @ParameterizedTest
  @CsvSource({
    "24576, 4096, 4096",
    "24576, 1024, 1024",
    "4096, 4096, 2688",
    "2048, 1024, 640",
    "1024, 1024, 512",
    "256, 4096, 512",
    "8388608, 4096, 4096"
  })
  void aJvmAloneGetsWhatItAsksForAsFarAsTheMachineHasIt(long machine, int asked, int given)
      throws Exception {
    Machine.Share share = new Machine(4, machine).take(asked);

    assertThat(share.heapMebibytes()).isEqualTo(given);
    assertThat(share.cores()).isEqualTo(4);
  }

  @Test
  void coresAreDividedAmongThoseThatRun() throws Exception {
    Machine machine = new Machine(4, 24_576);

    Machine.Share first = machine.take(1_024);
    assertThat(machine.take(1_024).cores()).isEqualTo(2);
    assertThat(machine.take(1_024).cores()).isEqualTo(1);
    first.close();
    assertThat(machine.take(1_024).cores()).isEqualTo(1);
    assertThat(machine.take(1_024).cores()).isEqualTo(1);
  }

  @Test
  void thereAreNotMoreJvmsThanCores() throws Exception {
    Machine machine = new Machine(1, 24_576);
    Machine.Share first = machine.take(1_024);
    AtomicReference<Machine.Share> second = new AtomicReference<>();
    Thread waiting = taking(machine, 1_024, second);
    assertThat(second).hasValue(null);

    first.close();

    waiting.join();
    assertThat(second.get().cores()).isEqualTo(1);
  }

  /** Memory that several JVMs were promised together would not be there. */
  @Test
  void aJvmWithoutEnoughMemoryLeftWaitsForAnotherToEnd() throws Exception {
    Machine machine = new Machine(4, 8_192);
    Machine.Share large = machine.take(4_096);
    AtomicReference<Machine.Share> second = new AtomicReference<>();
    Thread waiting = taking(machine, 4_096, second);
    assertThat(second).hasValue(null);

    large.close();

    waiting.join();
    assertThat(second.get().heapMebibytes()).isEqualTo(4_096);
    assertThat(second.get().cores()).isEqualTo(4);
  }

  /** A thread that waits for its share. */
  private static Thread taking(Machine machine, int heap, AtomicReference<Machine.Share> share) {
    Thread waiting =
        new Thread(
            () -> {
              try {
                share.set(machine.take(heap));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    waiting.start();
    Processes.waitFor(() -> Optional.of(waiting.getState()).filter(Thread.State.WAITING::equals));
    return waiting;
  }
}
