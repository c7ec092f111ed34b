package dev.waybill.gluetracing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** What a job warns of on the driver's own log, until it is closed. */
final class Warnings extends AbstractAppender implements AutoCloseable {

  private static final String LOGGER = TracedJob.class.getName();

  private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
  private final List<String> messages = new CopyOnWriteArrayList<>();

  private Warnings() {
    super("warnings", null, null, false, Property.EMPTY_ARRAY);
  }

  static Warnings listen() {
    Warnings warnings = new Warnings();
    warnings.start();
    LoggerConfig logger = new LoggerConfig(LOGGER, Level.WARN, true);
    logger.addAppender(warnings, null, null);
    warnings.context.getConfiguration().addLogger(LOGGER, logger);
    warnings.context.updateLoggers();
    return warnings;
  }

  List<String> messages() {
    return messages;
  }

  @Override
  public void append(LogEvent event) {
    if (event.getLevel() == Level.WARN) {
      messages.add(event.getMessage().getFormattedMessage());
    }
  }

  @Override
  public void close() {
    context.getConfiguration().removeLogger(LOGGER);
    context.updateLoggers();
    stop();
  }
}
