package dev.waybill.local.glue;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A job as a process of its own, where its JVM may go on to another job: this one ends with the
 * job. To destroy it is to destroy the JVM.
 */
final class JobProcess extends Process {

  private final Process jvm;
  private final CompletableFuture<Integer> status;

  /**
   * A job in a JVM.
   *
   * @param status the job's exit status, once it has ended
   */
  JobProcess(Process jvm, CompletableFuture<Integer> status) {
    this.jvm = jvm;
    this.status = status;
  }

  @Override
  public OutputStream getOutputStream() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public InputStream getInputStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public InputStream getErrorStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public int waitFor() throws InterruptedException {
    try {
      return status.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      status.get(timeout, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int exitValue() {
    if (!status.isDone()) {
      throw new IllegalThreadStateException("the job has not ended");
    }
    return status.join();
  }

  @Override
  public void destroy() {
    jvm.destroy();
  }
}
