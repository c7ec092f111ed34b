package dev.waybill.gluejobs.values;

/** Shows the characters of a name or value that a reader of a message would not see. */
public final class Visible {

  /** Drawn as nothing, though Unicode calls them letters, marks or symbols. */
  private static final String LOOK_LIKE_NOTHING =
      "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0";

  private Visible() {}

  /**
   * The text with every control, format character, and blank but the space as its escape, for
   * example {@code \u00a0price}.
   */
  public static String text(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            codePoint -> {
              if (isSeen(codePoint)) {
                visible.appendCodePoint(codePoint);
              } else {
                for (char unit : Character.toChars(codePoint)) {
                  visible.append("\\u%04x".formatted((int) unit));
                }
              }
            });
    return visible.toString();
  }

  private static boolean isSeen(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> codePoint == ' ';
      default -> LOOK_LIKE_NOTHING.indexOf(codePoint) < 0;
    };
  }
}
