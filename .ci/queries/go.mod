// Prometheus and Loki as in the grafana/otel-lgtm that compose.yaml names.
module queries

go 1.26.0

require (
	github.com/grafana/alloy/syntax v0.1.1
	github.com/grafana/loki/v3 v3.7.6
	github.com/prometheus/otlptranslator v1.0.0
	github.com/prometheus/prometheus v0.314.0
)

replace (
	github.com/hashicorp/memberlist => github.com/grafana/memberlist v0.3.1-0.20251126142931-6f9f62ab6f86
	github.com/thanos-io/objstore => github.com/grafana/objstore v0.0.0-20250728171719-b5d3b766d1b0
)
