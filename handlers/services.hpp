#pragma once

#include <string>

#include "domain/services.hpp"
#include "fcgi/shared_segment.hpp"

namespace postern::handlers {

struct DispatcharrSettings {
  bool enabled = true;
  unsigned logins_per_minute = 3;  ///< per client address, successes included; 0: no throttle
};

struct GateSettings {
  /// Where the shipped web-server configuration sends browsers that are not signed in; told in
  /// X-Auth-Sign-In, with the wanted address as `return_to`. "" for none.
  std::string sign_in_url;
  std::string realm = "postern";
};

struct Settings {
  DispatcharrSettings dispatcharr;
  GateSettings gate;
};

/// What a handler works with.
struct Services {
  domain::Services domain;
  const Settings& settings;
  fcgi::SharedSegment& shared;
};

}  // namespace postern::handlers
