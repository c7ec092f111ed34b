package dev.waybill.infra;

import java.util.regex.Pattern;
import software.amazon.awscdk.CfnResource;
import software.constructs.IConstruct;

/**
 * What an account asks of every role that is made in it.
 *
 * @param boundary the ARN of a policy that bounds what the role may do, or null for none
 * @param path of the role, or null for IAM's own, {@code /}
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html">Permissions
 *     boundaries</a>
 */
record RoleRules(String boundary, String path) {

  private static final Pattern POLICY =
      Pattern.compile("arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/[\\w+=,.@/-]{1,512}");

  /** IAM allows 512 letters, and more kinds of them than are useful. */
  private static final Pattern PATH = Pattern.compile("/([\\w+=,.@-]{1,64}/){1,7}");

  static RoleRules of(Switches switches) {
    return new RoleRules(
        switches
            .text(
                "permissionsBoundary",
                POLICY,
                "a policy's ARN, such as arn:aws:iam::111122223333:policy/boundary")
            .orElse(null),
        switches
            .text("rolePath", PATH, "a path that begins and ends with a slash, such as /data/")
            .orElse(null));
  }

  /**
   * Applies them to all roles below, those included that the CDK makes for functions of its own.
   * Those are plain resources, which have no property for it but take an override.
   */
  void applyTo(IConstruct scope) {
    if (boundary == null && path == null) {
      return;
    }
    for (IConstruct each : scope.getNode().findAll()) {
      if (each instanceof CfnResource resource
          && resource.getCfnResourceType().equals("AWS::IAM::Role")) {
        if (boundary != null) {
          resource.addPropertyOverride("PermissionsBoundary", boundary);
        }
        if (path != null) {
          resource.addPropertyOverride("Path", path);
        }
      }
    }
  }
}
