// Prometheus as in the grafana/otel-lgtm that compose.yaml names.
module queries

go 1.26.0

require (
	github.com/grafana/alloy/syntax v0.1.1
	github.com/prometheus/prometheus v0.314.0
)
