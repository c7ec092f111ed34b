package dev.waybill.local.glue;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/**
 * The classes of one run's jobs, loaded anew from their jars: static fields are those of a new JVM.
 * Spark's classes, and all others, are shared. Spark compiles generated code for each class loader
 * by itself.
 */
final class JobClasses extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  /**
   * Loads nothing yet.
   *
   * @param jars a class path of jars
   * @param shared has all other classes, and may have those of the jars, too
   */
  JobClasses(String jars, ClassLoader shared) {
    super(urls(jars), shared);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try {
        return findClass(name);
      } catch (ClassNotFoundException shared) {
        return super.loadClass(name, resolve);
      }
    }
  }

  @Override
  public URL getResource(String name) {
    URL own = findResource(name);
    return own == null ? super.getResource(name) : own;
  }

  private static URL[] urls(String jars) {
    try {
      String[] files = jars.split(File.pathSeparator);
      URL[] urls = new URL[files.length];
      for (int i = 0; i < files.length; i++) {
        urls[i] = Path.of(files[i]).toUri().toURL();
      }
      return urls;
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
