#include "domain/webauthn_party.hpp"

#include <algorithm>

#include "domain/text.hpp"

namespace postern::domain {
namespace {

struct Place {
  std::string scheme, host, port;
};

/// An issuer is a scheme, a host and perhaps a port (the configuration sees to it).
Place parse(const std::string& issuer) {
  const std::string text = fold(issuer);
  const auto end_of_scheme = text.find("://");
  if (end_of_scheme == std::string::npos) return {};
  const std::string authority = text.substr(end_of_scheme + 3);
  const auto colon = authority.rfind(':');
  const auto bracket = authority.rfind(']');
  const bool has_port =
      colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  return {text.substr(0, end_of_scheme), authority.substr(0, has_port ? colon : std::string::npos),
          has_port ? authority.substr(colon + 1) : std::string()};
}

bool goes_without_saying(const Place& place) {
  return place.port.empty() || (place.scheme == "https" && place.port == "443") ||
         (place.scheme == "http" && place.port == "80");
}

std::string origin_of_issuer(const Settings& settings) {
  const Place place = parse(settings.issuer);
  return place.scheme + "://" + place.host + (goes_without_saying(place) ? "" : ":" + place.port);
}

}  // namespace

std::string rp_id_of(const Settings& settings) {
  return settings.webauthn.rp_id.empty() ? parse(settings.issuer).host : settings.webauthn.rp_id;
}

std::vector<std::string> origins_of(const Settings& settings) {
  if (!settings.webauthn.origins.empty()) return settings.webauthn.origins;
  return {origin_of_issuer(settings)};
}

bool is_issuer_among_origins(const Settings& settings) {
  const auto origins = origins_of(settings);
  return std::find(origins.begin(), origins.end(), origin_of_issuer(settings)) != origins.end();
}

}  // namespace postern::domain
