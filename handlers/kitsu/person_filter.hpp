#pragma once

#include <json/value.h>

#include <map>
#include <optional>
#include <string>

#include "handlers/kitsu/list_page.hpp"

namespace postern::handlers::kitsu {

/// What the query of a list of persons asks for: `column=value` for equal ones, each once.
struct PersonQuery {
  std::map<std::string, std::string> filters;
  ListPage page;
};

/// A query, or why it is none: a filter that is no column, or that would tell its caller what he
/// may not see (400 `Filtering on X is not allowed.`).
struct ReadQuery {
  PersonQuery query;
  std::optional<Response> refusal;
};
[[nodiscard]] ReadQuery read_person_query(const Request& request, bool for_admin);

/// Whether a person (person_object()) is one of those. Truth is "True" or "true", names and
/// addresses are compared without case, a list has the value among its own.
[[nodiscard]] bool matches(const PersonQuery& query, const Json::Value& person);

}  // namespace postern::handlers::kitsu
