package dev.waybill.local;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The environment of the JVMs that stand-ins start. They talk to stand-ins only, so nothing that
 * leads a client elsewhere is passed on to them: the user's AWS configuration and credentials,
 * proxies, a collector of the user's, and options for every JVM, which may set any of these. Nor is
 * what leads Spark and Hadoop elsewhere; they take a container's id for a sign of YARN.
 */
public final class ChildEnvironment {

  private static final Pattern KEPT_BACK =
      Pattern.compile(
          "AWS_.*|OTEL_.*|(HTTPS?|ALL|NO)_PROXY|_?JAVA_(TOOL_)?OPTIONS|JDK_JAVA_OPTIONS"
              + "|SPARK_.*|HADOOP_.*|LOG4J_.*|CONTAINER_ID",
          Pattern.CASE_INSENSITIVE);

  /** In place of the user's files below {@code ~/.aws}. */
  private static final String NO_FILE = "/dev/null";

  private ChildEnvironment() {}

  /**
   * Makes a child's environment of the launcher's.
   *
   * @param inherited is changed
   * @param own the child's own variables
   */
  public static void apply(Map<String, String> inherited, Map<String, String> own) {
    inherited.keySet().removeIf(name -> KEPT_BACK.matcher(name).matches());
    inherited.put("AWS_CONFIG_FILE", NO_FILE);
    inherited.put("AWS_SHARED_CREDENTIALS_FILE", NO_FILE);
    inherited.put("AWS_EC2_METADATA_DISABLED", "true");
    inherited.put("AWS_REGION", AwsClients.REGION);
    inherited.putAll(own);
  }
}
