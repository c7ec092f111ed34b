// Tempo 2.9, whose module can be had; it can't be built into one program with Loki 3.7: they need different
// versions of Prometheus.
module traceql

go 1.26.0

require github.com/grafana/tempo v1.5.1-0.20251008140505-607c7fb69662
