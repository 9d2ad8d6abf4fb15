#pragma once

#include <json/value.h>

#include "domain/settings.hpp"
#include "handlers/route.hpp"

namespace postern::handlers::oauth {

/// How long metadata may be kept: a client that meets a change is behind by no more (oauth.md 2d).
inline constexpr domain::seconds kMetadataMaxAge{300};

/// A document for everybody: 200, application/json, to be kept for so long, read from any origin.
[[nodiscard]] Response document(const Json::Value& body, domain::seconds max_age);

/// A list of texts as JSON.
template <class Texts>
[[nodiscard]] Json::Value json_list(const Texts& texts) {
  Json::Value list(Json::arrayValue);
  for (const auto& text : texts) list.append(std::string(text));
  return list;
}

}  // namespace postern::handlers::oauth
