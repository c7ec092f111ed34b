package dev.waybill.local.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The TCP sockets that processes listen on, from Linux's {@code /proc}. */
final class ListeningSockets {

  private static final String LISTEN = "0A";
  private static final int ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private ListeningSockets() {}

  /** Their addresses, as {@code /proc/net/tcp} writes them: hex, in the machine's byte order. */
  static Set<String> ofThisJvmAndItsChildren() {
    Set<String> found = new HashSet<>();
    Set<String> own = new HashSet<>();
    Stream.concat(Stream.of(ProcessHandle.current()), ProcessHandle.current().descendants())
        .forEach(process -> own.addAll(inodes(process.pid())));
    for (String table : List.of("tcp", "tcp6")) {
      try (Stream<String> lines = Files.lines(Path.of("/proc/self/net", table))) {
        lines
            .skip(1)
            .map(line -> line.strip().split("\\s+"))
            .filter(fields -> fields[STATE].equals(LISTEN) && own.contains(fields[INODE]))
            .forEach(fields -> found.add(fields[ADDRESS].split(":")[0]));
      } catch (IOException noSuchTable) {
        continue;
      }
    }
    return found;
  }

  /** 127.0.0.1, that in IPv6's clothes, or ::1. */
  static boolean isLoopback(String address) {
    return address.equals("0100007F")
        || address.equals("0000000000000000FFFF00000100007F")
        || address.equals("00000000000000000000000001000000");
  }

  private static Set<String> inodes(long pid) {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path each : (Iterable<Path>) open::iterator) {
        String target = Files.readSymbolicLink(each).toString();
        if (target.startsWith("socket:[")) {
          inodes.add(target.substring("socket:[".length(), target.length() - 1));
        }
      }
    } catch (IOException ended) {
      return inodes;
    }
    return inodes;
  }
}
