#include "handlers/kitsu/person_filter.hpp"

#include <algorithm>
#include <array>

#include "domain/account.hpp"
#include "domain/text.hpp"
#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/person_object.hpp"

namespace postern::handlers::kitsu {
namespace {

/// What every answer here has, asked for or not.
constexpr std::string_view kRelations = "relations";

/// Whom one knows one may look up by his address, as SDKs do. Other filters would tell, by the
/// number of answers, what is not shown.
bool may_filter(const std::string& column, bool for_admin) {
  static const Json::Value kWhole = person_object(domain::Account{}, {}, KitsuSettings{});
  static const Json::Value kMinimal = minimal_person_object(domain::Account{}, {});
  return column == "email" || (for_admin ? kWhole : kMinimal).isMember(column);
}

bool same_truth(bool truth, const std::string& value) {
  const auto word = domain::fold(value);
  const std::array<std::string_view, 2> words = truth
                                                    ? std::array<std::string_view, 2>{"true", "1"}
                                                    : std::array<std::string_view, 2>{"false", "0"};
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_value(const Json::Value& member, const std::string& value) {
  if (member.isBool()) return same_truth(member.asBool(), value);
  if (member.isString() || member.isInt64()) return member.asString() == value;
  if (!member.isArray()) return false;
  return std::any_of(member.begin(), member.end(),
                     [&](const Json::Value& one) { return is_value(one, value); });
}

bool has_value(const Json::Value& person, const std::string& column, const std::string& value) {
  const auto& member = person[column];
  if (column == "email" || column == "desktop_login")
    return member.isString() && domain::fold(member.asString()) == domain::fold(value);
  return is_value(member, value);
}

}  // namespace

ReadQuery read_person_query(const Request& request, bool for_admin) {
  auto reader = Reader::query(request);
  ReadQuery read;
  auto& query = read.query;
  query.page = read_page(reader);
  reader.boolean(kRelations);
  for (const auto& name : reader.names()) {
    if (name == "page" || name == "limit" || name == kRelations) continue;
    if (!may_filter(name, for_admin)) {
      read.refusal = refused(400, "Filtering on " + name + " is not allowed.");
      return read;
    }
    query.filters.emplace(name, reader.text(name).value_or(""));
  }
  read.refusal = reader.refusal();
  return read;
}

bool matches(const PersonQuery& query, const Json::Value& person) {
  return std::all_of(query.filters.begin(), query.filters.end(), [&](const auto& filter) {
    return has_value(person, filter.first, filter.second);
  });
}

}  // namespace postern::handlers::kitsu
