#include "domain/permission_words.hpp"

namespace postern::domain {
namespace {

constexpr Statement kPermissionWords{"permission_words", R"sql(
  select name, description from postern.permission where name = any ($1::text[])
)sql"};

}  // namespace

std::map<std::string, std::string> permission_words(Services& services,
                                                    const std::vector<std::string>& names) {
  std::map<std::string, std::string> words;
  for (const auto& row : services.database.run(kPermissionWords, {names})) {
    if (!row.text(1).empty()) words.emplace(row.text(0), row.text(1));
  }
  return words;
}

}  // namespace postern::domain
