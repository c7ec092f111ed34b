# Waybill's command line: built in one stage, run in another by a user without rights.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /waybill
COPY pom.xml .
COPY lambda-trigger lambda-trigger
COPY glue-tracing glue-tracing
COPY glue-jobs glue-jobs
COPY local local
COPY infra/pom.xml infra/
COPY workflow workflow
COPY .ci/image .ci/
RUN --mount=type=cache,target=/m2 .ci/image /m2 /image

FROM eclipse-temurin:17-jre
RUN useradd --create-home --uid 10001 waybill && install -d -o waybill /data
COPY --from=build --chown=waybill /image /
COPY --chown=waybill waybill /waybill/
COPY --chown=waybill sample-data /waybill/sample-data
COPY LICENSE NOTICE /waybill/
WORKDIR /waybill
USER waybill
# Makes the class-data archives by a run of the sample, which also shows that the image runs.
RUN ./waybill train && test -f local/target/cds/launcher.jsa
VOLUME /data
# The bucket's S3 API refuses what is not signed: the program serves.
HEALTHCHECK --interval=10s --start-period=30s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9000 && printf 'GET /waybill-local HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 403 '"]
ENTRYPOINT ["./waybill"]
