#pragma once

#include <json/value.h>

#include <string>
#include <string_view>

#include "handlers/dispatch.hpp"
#include "tests/support/domain_world.hpp"

namespace postern::test {

/// A request as the wire would hand it on, without a wire: from 192.0.2.1, over https.
fcgi::Request request(std::string_view method, std::string_view target);
/// With a JSON body.
fcgi::Request request(std::string_view method, std::string_view target, const Json::Value& body);
/// With any body at all.
fcgi::Request raw_request(std::string_view method, std::string_view target,
                          std::string_view content_type, std::string_view body);

/// The same request, with a credential.
fcgi::Request with_header(fcgi::Request request, std::string_view lower_name,
                          std::string_view value);
fcgi::Request with_bearer(fcgi::Request request, const domain::Secret& credential);

/// The body of an answer; null when it is not JSON.
Json::Value json_of(const fcgi::Response& response);
/// From the text of a test: json(R"({"login":"alice"})"). A mistake in it throws.
Json::Value json(std::string_view text);

/// The handlers over a database of their own. Change `settings` and `domain.settings` as a test
/// needs.
class HandlerWorld {
 public:
  HandlerWorld();

  DomainWorld domain;
  handlers::Settings settings;
  fcgi::SharedSegment& shared;
  handlers::Services services;

  fcgi::Response send(const fcgi::Request& request);
  /// With the credential, or without one where it is empty.
  fcgi::Response send(std::string_view method, std::string_view target,
                      const domain::Secret& credential = {});
  fcgi::Response send(std::string_view method, std::string_view target, const Json::Value& body,
                      const domain::Secret& credential = {});

  /// An account and an access token of a fresh login of it.
  domain::Tokens signed_in(const std::string& username = "alice",
                           const std::string& role = "member");
  /// A personal key of an existing account.
  domain::Secret key_of(domain::AccountId account);
};

}  // namespace postern::test
