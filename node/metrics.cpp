#include "node/metrics.hpp"

#include <prometheus/text_serializer.h>

namespace dengji::node {
namespace {

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Histogram& histogram(prometheus::Registry& registry, const char* name, const char* help,
                                 prometheus::Histogram::BucketBoundaries bounds) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, std::move(bounds));
}

}  // namespace

Metrics::Metrics()
    : entries_(prometheus::BuildCounter()
                   .Name("dengji_entries_total")
                   .Help("Entries submitted, by what became of them")
                   .Register(registry_)),
      accepted(entries_.Add({{"outcome", "accepted"}})),
      refused(entries_.Add({{"outcome", "refused"}})),
      repeated(entries_.Add({{"outcome", "repeated"}})),
      malformed(entries_.Add({{"outcome", "malformed"}})),
      overloaded(entries_.Add({{"outcome", "overloaded"}})),
      failed_commits(counter(registry_, "dengji_failed_commits_total", "Batches that could not be written")),
      batch_entries(histogram(registry_, "dengji_batch_entries", "Entries per batch of the order",
                              {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024})),
      commit_seconds(histogram(registry_, "dengji_commit_seconds", "Time of one synced write",
                               {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2})),
      ledger_size(gauge(registry_, "dengji_ledger_size", "Entries in the ledger")),
      store_bytes_written(gauge(registry_, "dengji_store_written_bytes", "Bytes written to the store since start")),
      store_syncs(gauge(registry_, "dengji_store_syncs", "Synced writes since start")),
      rss_anon_bytes(gauge(registry_, "dengji_rss_anon_bytes", "Anonymous memory of the process that is resident")),
      insight_rows(gauge(registry_, "dengji_insight_rows", "Rows of the read model of statistics and inspections")),
      insight_build_seconds(
          gauge(registry_, "dengji_insight_build_seconds", "How long it took to build the read model, last")) {}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace dengji::node
