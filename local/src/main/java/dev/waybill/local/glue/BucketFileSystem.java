package dev.waybill.local.glue;

import static dev.waybill.local.s3.BucketServer.UNFINISHED;

import dev.waybill.local.Folders;
import dev.waybill.local.s3.Etag;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Lets a job's {@code s3://} paths reach a folder, so that the job itself knows nothing of being
 * local. Like an S3 object, a file is there only when its writer has closed it.
 *
 * @see <a
 *     href="https://hadoop.apache.org/docs/stable/hadoop-project-dist/hadoop-common/filesystem/filesystem.html">Hadoop
 *     FileSystem specification</a>
 */
public final class BucketFileSystem extends FileSystem {

  /** Hadoop setting: the folder that stands for the bucket. */
  public static final String FOLDER = "fs.s3.waybill.folder";

  private static final long BLOCK = 128L << 20;

  private URI uri;
  private java.nio.file.Path folder;
  private Path workingDirectory;

  /** Hadoop makes it by its class name. */
  public BucketFileSystem() {}

  @Override
  public void initialize(URI name, Configuration configuration) throws IOException {
    super.initialize(name, configuration);
    setConf(configuration);
    uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    // Not get(): it would replace ${…} in the path by properties and variables.
    folder = java.nio.file.Path.of(configuration.getRaw(FOLDER)).toAbsolutePath();
    workingDirectory = new Path(uri + "/");
  }

  @Override
  public String getScheme() {
    return "s3";
  }

  @Override
  public URI getUri() {
    return uri;
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    FileStatus status = getFileStatus(path);
    if (status.isDirectory()) {
      throw new FileNotFoundException(path + " is a folder");
    }
    return new FSDataInputStream(new Input(FileChannel.open(file(path)), statistics));
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    java.nio.file.Path target = file(path);
    if (!overwrite && Files.exists(target)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    Files.createDirectories(target.getParent());
    return new FSDataOutputStream(new ObjectOutput(target), statistics);
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("objects in S3 can't be appended to: " + path);
  }

  @Override
  public boolean rename(Path source, Path target) throws IOException {
    java.nio.file.Path from = file(source);
    java.nio.file.Path to = file(target);
    if (Files.isDirectory(to)) {
      to = to.resolve(from.getFileName());
    }
    if (!Files.exists(from) || Files.exists(to)) {
      return false;
    }
    Files.createDirectories(to.getParent());
    Files.move(from, to);
    return true;
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    java.nio.file.Path file = file(path);
    if (!Files.exists(file)) {
      return false;
    }
    if (!recursive) {
      Files.delete(file);
      return true;
    }
    Folders.delete(file);
    return true;
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    FileStatus status = getFileStatus(path);
    if (status.isFile()) {
      return new FileStatus[] {status};
    }
    try (Stream<java.nio.file.Path> children = Files.list(file(path))) {
      return children
          .filter(child -> !child.getFileName().toString().startsWith(UNFINISHED))
          .sorted()
          .map(child -> status(new Path(path, child.getFileName().toString()), child))
          .toArray(FileStatus[]::new);
    }
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    Files.createDirectories(file(path));
    return true;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    java.nio.file.Path file = file(path);
    if (!Files.exists(file)) {
      throw new FileNotFoundException("no such object: " + path);
    }
    return status(path, file);
  }

  @Override
  public void setWorkingDirectory(Path path) {
    workingDirectory = path;
  }

  @Override
  public Path getWorkingDirectory() {
    return workingDirectory;
  }

  private java.nio.file.Path file(Path path) {
    String key = makeQualified(path).toUri().getPath();
    return folder.resolve(key.substring(Math.min(1, key.length()))).normalize();
  }

  private FileStatus status(Path path, java.nio.file.Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new ObjectStatus(attributes, makeQualified(path));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static final class ObjectStatus extends FileStatus implements EtagSource {
    private static final long serialVersionUID = 1;

    private final String etag;

    private ObjectStatus(BasicFileAttributes file, Path path) {
      super(
          file.isDirectory() ? 0 : file.size(),
          file.isDirectory(),
          1,
          BLOCK,
          file.lastModifiedTime().toMillis(),
          path);
      this.etag = Etag.of(file);
    }

    @Override
    public String getEtag() {
      return etag;
    }
  }

  private static final class Input extends FSInputStream {

    private final FileChannel channel;
    private final Statistics statistics;

    private Input(FileChannel channel, Statistics statistics) {
      this.channel = channel;
      this.statistics = statistics;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int read = channel.read(ByteBuffer.wrap(into, offset, length));
      if (read > 0) {
        statistics.incrementBytesRead(read);
      }
      return read;
    }

    @Override
    public void seek(long position) throws IOException {
      channel.position(position);
    }

    @Override
    public long getPos() throws IOException {
      return channel.position();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public int available() throws IOException {
      return (int) Math.min(Integer.MAX_VALUE, channel.size() - channel.position());
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
