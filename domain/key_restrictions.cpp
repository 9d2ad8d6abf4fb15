#include "domain/key_restrictions.hpp"

#include <algorithm>
#include <charconv>

#include "domain/network.hpp"
#include "domain/policy.hpp"

namespace postern::domain {
namespace {

constexpr std::size_t kMostItems = 32;
constexpr std::uint32_t kHighestRate = 100'000;
constexpr std::chrono::minutes kRateWindow{1};

// The line: items with a tab between, which neither a network nor a path can hold; each begins with
// a letter that says what it is. The rate first, then networks, then paths.
constexpr char kBetween = '\t';
constexpr char kRate = 'r';
constexpr char kNetwork = 'n';
constexpr char kPath = 'p';

Error invalid(std::string field, std::string reason) {
  return {.code = Errc::InvalidInput,
          .field = "restrictions." + std::move(field),
          .reason = std::move(reason)};
}

Error outside(std::string field) {
  return {.code = Errc::KeyRestricted, .field = std::move(field)};
}

/// Restrictions in the form in which they are applied.
struct Applicable {
  std::vector<Network> networks;
  Policy paths;  ///< open to all; what no rule names is not
  std::optional<std::uint32_t> requests_per_minute;
};

Result<std::vector<Network>> read_networks(const std::vector<std::string>& cidrs) {
  if (cidrs.size() > kMostItems) return invalid("cidrs", "too_many");
  std::vector<Network> networks;
  for (const auto& cidr : cidrs) {
    const auto network = Network::parse(cidr);
    if (!network) return invalid("cidrs", "invalid_format");
    networks.push_back(*network);
  }
  return networks;
}

Result<Policy> read_paths(const std::vector<std::string>& patterns) {
  if (patterns.size() > kMostItems) return invalid("paths", "too_many");
  std::vector<Rule> rules;
  for (const auto& pattern : patterns) {
    rules.push_back({pattern, {}, {Requirement::Kind::Public, {}}});
  }
  auto policy = Policy::make(std::move(rules));
  if (!policy.ok()) return invalid("paths", policy.error().reason);
  return policy;
}

Result<Applicable> make_applicable(const KeyRestrictions& restrictions) {
  auto networks = read_networks(restrictions.cidrs);
  if (!networks.ok()) return networks.error();
  auto paths = read_paths(restrictions.paths);
  if (!paths.ok()) return paths.error();
  const auto& rate = restrictions.requests_per_minute;
  if (rate && (*rate < 1 || *rate > kHighestRate)) {
    return invalid("requests_per_minute", "out_of_range");
  }
  return Applicable{*std::move(networks), *std::move(paths), rate};
}

std::optional<std::uint32_t> read_number(std::string_view digits) {
  std::uint32_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return {};
  return number;
}

/// False for what cannot be an item.
bool take_item(KeyRestrictions& restrictions, std::string_view item) {
  if (item.empty()) return false;
  const char kind = item.front();
  item.remove_prefix(1);
  switch (kind) {
    case kRate:
      restrictions.requests_per_minute = read_number(item);
      return restrictions.requests_per_minute.has_value();
    case kNetwork:
      restrictions.cidrs.emplace_back(item);
      return true;
    case kPath:
      restrictions.paths.emplace_back(item);
      return true;
    default:
      return false;
  }
}

/// What the line says, unless it is not how encode_restrictions() would say it.
std::optional<KeyRestrictions> read_line(std::string_view line) {
  KeyRestrictions restrictions;
  for (std::string_view rest = line; !rest.empty();) {
    const auto item = rest.substr(0, rest.find(kBetween));
    if (!take_item(restrictions, item)) return {};
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
  }
  if (encode_restrictions(restrictions) != line) return {};
  return restrictions;
}

Outcome enforce(const Applicable& restrictions, const KeyUseAttempt& attempt, Limiter& limiter,
                const Clock& clock) {
  const auto& networks = restrictions.networks;
  const auto holds = [&](const Network& network) { return network.contains(attempt.address); };
  if (!networks.empty() && std::none_of(networks.begin(), networks.end(), holds)) {
    return outside("network");
  }
  const auto& paths = restrictions.paths;
  if (!paths.rules().empty() && paths.find({}, attempt.path) == nullptr) return outside("path");
  if (!restrictions.requests_per_minute) return done;
  const auto charge =
      limiter.charge("key " + std::string(attempt.credential),
                     {*restrictions.requests_per_minute, kRateWindow}, clock.uptime());
  if (charge.allowed) return done;
  return Error{.code = Errc::TooManyAttempts, .retry_after = charge.retry_after};
}

}  // namespace

Outcome check_restrictions(const KeyRestrictions& restrictions) {
  const auto checked = make_applicable(restrictions);
  if (!checked.ok()) return checked.error();
  return done;
}

std::string encode_restrictions(const KeyRestrictions& restrictions) {
  std::string line;
  const auto add = [&](char kind, std::string_view text) {
    if (!line.empty()) line += kBetween;
    line += kind;
    line += text;
  };
  if (restrictions.requests_per_minute) {
    add(kRate, std::to_string(*restrictions.requests_per_minute));
  }
  for (const auto& cidr : restrictions.cidrs) add(kNetwork, cidr);
  for (const auto& path : restrictions.paths) add(kPath, path);
  return line;
}

std::optional<KeyRestrictions> decode_restrictions(std::string_view line) {
  auto restrictions = read_line(line);
  if (!restrictions || !check_restrictions(*restrictions).ok()) return {};
  return restrictions;
}

Outcome enforce_restrictions(std::string_view line, const KeyUseAttempt& attempt, Limiter& limiter,
                             const Clock& clock) {
  if (line.empty()) return done;
  const auto restrictions = read_line(line);
  if (!restrictions) return outside("restrictions");
  const auto applicable = make_applicable(*restrictions);
  if (!applicable.ok()) return outside("restrictions");
  return enforce(*applicable, attempt, limiter, clock);
}

}  // namespace postern::domain
