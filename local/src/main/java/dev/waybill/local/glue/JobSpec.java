package dev.waybill.local.glue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a job's JVM is to run.
 *
 * @param mainClass its {@code main} is called
 * @param error the file that gets the error message
 * @param log the file that gets what the job prints
 * @param isLast whether the JVM ends with it
 */
record JobSpec(String mainClass, String error, String log, boolean isLast, List<String> arguments) {

  void write(DataOutputStream out) throws IOException {
    out.writeUTF(mainClass);
    out.writeUTF(error);
    out.writeUTF(log);
    out.writeBoolean(isLast);
    out.writeInt(arguments.size());
    for (String argument : arguments) {
      out.writeUTF(argument);
    }
  }

  /**
   * Reads one.
   *
   * @throws java.io.EOFException where none comes
   */
  static JobSpec read(DataInputStream in) throws IOException {
    String mainClass = in.readUTF();
    String error = in.readUTF();
    String log = in.readUTF();
    boolean isLast = in.readBoolean();
    List<String> arguments = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      arguments.add(in.readUTF());
    }
    return new JobSpec(mainClass, error, log, isLast, List.copyOf(arguments));
  }
}
