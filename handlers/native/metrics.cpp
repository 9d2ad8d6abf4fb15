#include <array>
#include <cstdio>
#include <string>

#include "domain/credential_cache.hpp"
#include "handlers/native/handlers.hpp"
#include "handlers/version.hpp"

namespace postern::handlers::native {
namespace {

constexpr std::array<std::string_view, 2> kDoors{"api", "gate"};

/// Prometheus' text format, version 0.0.4.
class Exposition {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
    text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  }
  void sample(std::string_view name, std::string_view labels, const std::string& value) {
    text_.append(name);
    if (!labels.empty()) text_.append("{").append(labels).append("}");
    text_.append(" ").append(value).append("\n");
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    family(name, "counter", help);
    sample(name, "", std::to_string(value));
  }
  void gauge(std::string_view name, std::string_view help, const std::string& value) {
    family(name, "gauge", help);
    sample(name, "", value);
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// `units` in thousandths or millionths, as a decimal without rounding.
std::string decimal(std::int64_t units, std::int64_t per_one, int digits) {
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%lld.%0*lld",
                static_cast<long long>(units / per_one), digits,
                static_cast<long long>(units % per_one));
  return buffer.data();
}

std::string door_label(std::size_t door) {
  return "door=\"" + std::string(kDoors.at(door)) + '"';
}

void add_requests(Exposition& out, const fcgi::Counters& counters) {
  out.family("postern_responses_total", "counter", "Answers by door and status class.");
  for (std::size_t door = 0; door < kDoors.size(); ++door) {
    for (std::size_t status = 1; status <= 5; ++status) {
      out.sample("postern_responses_total",
                 door_label(door) + ",class=\"" + std::to_string(status) + "xx\"",
                 std::to_string(counters.responses[door][status].load()));
    }
  }
  out.family("postern_request_seconds_total", "counter", "Time spent in requests, by door.");
  for (std::size_t door = 0; door < kDoors.size(); ++door) {
    const auto spent = static_cast<std::int64_t>(counters.microseconds[door].load());
    out.sample("postern_request_seconds_total", door_label(door), decimal(spent, 1'000'000, 6));
  }
  out.counter("postern_wire_refusals_total", "Requests refused before any handler saw them.",
              counters.refused_on_the_wire.load());
  out.counter("postern_hashes_refused_total", "Password hashes refused for want of a place.",
              counters.hashes_refused.load());
}

void add_workers(Exposition& out, const fcgi::SharedSegment& shared) {
  std::uint64_t alive = 0;
  std::uint64_t busy = 0;
  for (const auto& worker : shared.workers) {
    if (worker.pid.load() == 0) continue;
    ++alive;
    if (worker.busy_since_ms.load() != 0) ++busy;
  }
  out.gauge("postern_workers", "Workers that run now.", std::to_string(alive));
  out.gauge("postern_workers_busy", "Workers that are in a request now.", std::to_string(busy));
  const auto& counters = shared.counters;
  out.counter("postern_workers_started_total", "Workers started.", counters.workers_started.load());
  out.counter("postern_workers_died_total", "Workers that died unasked.",
              counters.workers_died.load());
  out.counter("postern_workers_stuck_total", "Workers replaced because they were stuck.",
              counters.workers_stuck.load());
}

void add_cache(Exposition& out, const domain::Services& services) {
  if (services.memory == nullptr) return;
  const auto& cache = services.memory->cache;
  const auto counts = cache.counts();
  out.gauge("postern_cache_entries", "Places in the credential cache.",
            std::to_string(cache.capacity()));
  out.gauge("postern_cache_trusted", "1 while the cache is believed (cache.stale_limit_ms).",
            cache.trusted(services.clock) ? "1" : "0");
  out.counter("postern_cache_hits_total", "Checks answered from the cache.", counts.hits);
  out.counter("postern_cache_misses_total", "Looks into the cache that found nothing to believe.",
              counts.misses);
  out.counter("postern_cache_stored_total", "Answers put into the cache.", counts.stored);
  out.counter("postern_cache_evicted_total", "Entries that gave way to others.", counts.evicted);
  out.counter("postern_cache_voided_total", "Entries found void after a revocation.",
              counts.voided);
  out.counter("postern_cache_too_large_total",
              "Answers too large to be kept: accounts with very many permissions.",
              counts.too_large);
}

void add_limiter(Exposition& out, const domain::Limiter& limiter) {
  out.counter("postern_limiter_given_up_total",
              "Limits in force that were forgotten for want of a place.", limiter.given_up());
}

}  // namespace

Response show_metrics(const Call& /*call*/, Services& services) {
  const auto& shared = services.shared;
  Exposition out;
  out.family("postern_build_info", "gauge", "The version, as a label.");
  out.sample("postern_build_info", "version=\"" + std::string(version()) + '"', "1");
  out.gauge("postern_start_time_seconds", "When the master started, since 1970.",
            decimal(shared.started_ms.load(), 1'000, 3));
  const auto silence = fcgi::monotonic_ms() - shared.housekeeper_ms.load();
  out.gauge("postern_housekeeper_silence_seconds", "Since the housekeeper's last sign of life.",
            decimal(silence, 1'000, 3));
  add_requests(out, shared.counters);
  add_workers(out, shared);
  add_cache(out, services.domain);
  add_limiter(out, services.domain.limiter);
  return Response(200, "text/plain; version=0.0.4; charset=utf-8", out.take());
}

}  // namespace postern::handlers::native
