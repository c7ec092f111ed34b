// Glue asks for a script; the job is the Java class that --class names, in the jar of --extra-jars.
