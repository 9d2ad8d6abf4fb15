#pragma once

#include <memory>

#include "cli/config_file.hpp"
#include "cli/domain_host.hpp"
#include "domain/credential_cache.hpp"
#include "fcgi/master.hpp"
#include "handlers/services.hpp"
#include "handlers/sso/provider_memory.hpp"

namespace postern::cli {

/// What a worker of the api or a resolver is made of, after the fork. It starts without a database:
/// signing keys that could not be read are asked for again by the requests, at most once a second,
/// and until then everything that needs them answers 503.
class Worker final : public fcgi::Application {
 public:
  Worker(std::shared_ptr<const LoadedConfig> loaded, fcgi::Crew crew, fcgi::SharedSegment& shared,
         unsigned slot);

  fcgi::Response handle(const fcgi::Request& request) override;
  std::vector<fcgi::Response> handle_all(std::span<const fcgi::Request> requests) override;
  fcgi::Response failure(const fcgi::Request& request, int status) override;

 private:
  void ensure_signing_keys();
  void keep_up_signing_keys();
  void count_refused_hashes();

  std::shared_ptr<const LoadedConfig> loaded_;
  domain::CredentialCache cache_;
  DomainHost host_;
  handlers::sso::ProviderMemory providers_;
  handlers::Services services_;
  std::int64_t next_attempt_ms_ = 0;
  std::uint64_t counted_refused_hashes_ = 0;
};

}  // namespace postern::cli
