// What the node counts, in Prometheus' words. The families and names are listed in docs/api.md; text comes from
// prometheus-cpp's serializer and is served by our own server.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>

namespace dengji::node {

class Metrics {
 public:
  Metrics();

  // Prometheus text format 0.0.4.
  std::string text() const;

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& entries_;

 public:
  prometheus::Counter& accepted;
  prometheus::Counter& refused;     // by a contract
  prometheus::Counter& repeated;    // the same entry again
  prometheus::Counter& malformed;   // before any contract saw it
  prometheus::Counter& overloaded;  // queue full
  prometheus::Counter& failed_commits;
  prometheus::Histogram& batch_entries;
  prometheus::Histogram& commit_seconds;
  prometheus::Gauge& ledger_size;
  prometheus::Gauge& store_bytes_written;
  prometheus::Gauge& store_syncs;
  prometheus::Gauge& rss_anon_bytes;
  prometheus::Gauge& insight_rows;
  prometheus::Gauge& insight_build_seconds;
};

}  // namespace dengji::node
