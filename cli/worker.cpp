#include "cli/worker.hpp"

#include <algorithm>
#include <exception>
#include <span>

#include "cli/shared_memory.hpp"
#include "domain/signed_claims.hpp"
#include "fcgi/log.hpp"
#include "handlers/dispatch.hpp"
#include "handlers/gate.hpp"

namespace postern::cli {
namespace {

constexpr std::int64_t kRetryMs = 1000;

/// As many slots as the configuration allows, out of the places that all workers share.
std::span<domain::HashSlots::Slot> hash_slots(const Config& config, fcgi::SharedSegment& shared) {
  const std::span<domain::HashSlots::Slot> all(shared.hash_slots);
  return all.first(std::min<std::size_t>(all.size(), config.domain.password.concurrent_hashes));
}

/// As many workers at once may wait for a provider's answer.
std::span<domain::HashSlots::Slot> outgoing_places(const Config& config,
                                                   fcgi::SharedSegment& shared) {
  const std::span<domain::HashSlots::Slot> all(shared.outgoing_slots);
  return all.first(std::min<std::size_t>(all.size(), config.handlers.sso.outgoing));
}

/// The Authorizer role asks the gate's question by whichever socket it comes.
bool is_for_gate(const fcgi::Request& request) {
  return request.door == fcgi::Door::Gate || request.role == fcgi::Role::Authorizer;
}

}  // namespace

Worker::Worker(std::shared_ptr<const LoadedConfig> loaded, fcgi::Crew crew,
               fcgi::SharedSegment& shared, unsigned slot)
    : loaded_(std::move(loaded)),
      cache_(shared_cache(shared, slot)),
      host_(loaded_->config, hash_slots(loaded_->config, shared),
            {.application_name = crew == fcgi::Crew::Resolver ? "postern resolver" : "postern api",
             .shared = &shared,
             .cache = &cache_,
             .plan_once = crew == fcgi::Crew::Resolver}),
      providers_(outgoing_places(loaded_->config, shared)),
      services_{host_.services(), loaded_->config.handlers, shared, &providers_} {
  ensure_signing_keys();
}

fcgi::Response Worker::handle(const fcgi::Request& request) {
  ensure_signing_keys();
  if (is_for_gate(request)) return handlers::check_gate(request, services_);
  keep_up_signing_keys();
  auto response = handlers::dispatch(request, services_);
  count_refused_hashes();
  return response;
}

std::vector<fcgi::Response> Worker::handle_all(std::span<const fcgi::Request> requests) {
  ensure_signing_keys();
  return handlers::check_gates(requests, services_);
}

/// The domain counts for itself, since it knows nothing of what workers share.
void Worker::count_refused_hashes() {
  const auto refused = services_.domain.passwords.refused();
  services_.shared.counters.hashes_refused += refused - counted_refused_hashes_;
  counted_refused_hashes_ = refused;
}

fcgi::Response Worker::failure(const fcgi::Request& request, int status) {
  if (is_for_gate(request)) return handlers::gate_failure(request, status);
  return handlers::dispatch_failure(request, status, &services_.settings);
}

void Worker::ensure_signing_keys() {
  if (services_.domain.signing_keys.ready()) return;
  if (fcgi::monotonic_ms() < next_attempt_ms_) return;
  try {
    host_.load_signing_keys();
    if (services_.domain.signing_keys.ready()) return;
    fcgi::log(fcgi::LogLevel::Error, "no_signing_key", {{"mend", "postern init"}});
  } catch (const std::exception& error) {
    fcgi::log(fcgi::LogLevel::Error, "signing_keys_not_loaded", {{"what", error.what()}});
  }
  next_attempt_ms_ = fcgi::monotonic_ms() + kRetryMs;
}

/// What is signed is signed by the key of this moment. What could not be read now is tried again;
/// until then the keys of the last time go on.
void Worker::keep_up_signing_keys() {
  if (!services_.domain.signing_keys.ready() || fcgi::monotonic_ms() < next_attempt_ms_) return;
  try {
    domain::keep_up_signing_keys(services_.domain);
  } catch (const std::exception& error) {
    fcgi::log(fcgi::LogLevel::Error, "signing_keys_not_loaded", {{"what", error.what()}});
    next_attempt_ms_ = fcgi::monotonic_ms() + kRetryMs;
  }
}

}  // namespace postern::cli
