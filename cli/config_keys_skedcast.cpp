#include "cli/config_keys_skedcast.hpp"

#include "domain/text.hpp"

namespace postern::cli {
namespace {

constexpr std::size_t kLongestAgency = 100;

bool is_agency(std::string_view text) {
  return domain::check_label("agency", text, kLongestAgency).ok();
}

}  // namespace

void add_skedcast_keys(KeyTable& table) {
  table.boolean("skedcast.enabled", true,
                [](Config& c, const Value& v) { c.handlers.skedcast.enabled = flag(v); });
  table.number("skedcast.requests_per_minute", 120, 0, 100000, [](Config& c, const Value& v) {
    c.handlers.skedcast.requests_per_minute = count(v);
  });
  table.words("skedcast.agency", "Agency", is_agency,
              "1 to 100 characters without control characters",
              [](Config& c, const Value& v) { c.handlers.skedcast.agency = text(v); });
}

}  // namespace postern::cli
