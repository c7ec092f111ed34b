package dev.waybill.local.glue;

import java.util.Locale;
import java.util.Properties;
import java.util.TimeZone;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;

/**
 * What a job may change for all of its JVM, as it was before the first: system properties, locale,
 * time zone, and the configuration of Log4j.
 */
record JvmState(Properties properties, Locale locale, TimeZone timeZone) {

  static JvmState now() {
    return new JvmState(
        (Properties) System.getProperties().clone(), Locale.getDefault(), TimeZone.getDefault());
  }

  /** Undoes what jobs have changed. */
  void restore() {
    System.setProperties((Properties) properties.clone());
    Locale.setDefault(locale);
    TimeZone.setDefault(timeZone);
    ((LoggerContext) LogManager.getContext(false)).reconfigure();
  }
}
