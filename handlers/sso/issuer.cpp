#include "handlers/sso/issuer.hpp"

#include <algorithm>

#include "domain/text.hpp"
#include "domain/uuid.hpp"

namespace postern::handlers::sso {
namespace {

constexpr std::string_view kMicrosoft = "https://login.microsoftonline.com/";
constexpr std::string_view kVersion = "/v2.0";
constexpr std::string_view kTenantPlace = "{tenantid}";
/// The directory of personal Microsoft accounts.
constexpr std::string_view kPersonal = "9188040d-6c67-4c5b-b112-36a304b66dad";

std::string issuer_of_tenant(std::string_view tenant) {
  return std::string(kMicrosoft).append(tenant).append(kVersion);
}

/// "common" of Microsoft's issuer for common; "" of any other address.
std::string_view directory_of(std::string_view issuer) {
  if (!issuer.starts_with(kMicrosoft) || !issuer.ends_with(kVersion)) return {};
  issuer.remove_prefix(kMicrosoft.size());
  return issuer.substr(0, issuer.size() - std::min(issuer.size(), kVersion.size()));
}

bool is_tenant(std::string_view text) {
  return domain::Uuid::parse(text).has_value() && text == domain::fold(text);
}

bool lists(const Provider& provider, std::string_view tenant) {
  const auto& tenants = provider.tenants;
  return std::any_of(tenants.begin(), tenants.end(),
                     [&](const std::string& one) { return one == "*" || one == tenant; });
}

bool admits(const Provider& provider, std::string_view directory, std::string_view tenant) {
  if (directory == "organizations" && tenant == kPersonal) return false;
  if (directory == "consumers" && tenant != kPersonal) return false;
  if (directory == "consumers" && provider.tenants.empty()) return true;
  return lists(provider, tenant);
}

}  // namespace

bool is_shared_directory(std::string_view issuer) {
  const auto directory = directory_of(issuer);
  return directory == "common" || directory == "organizations" || directory == "consumers";
}

bool is_microsoft(std::string_view issuer) {
  return issuer.starts_with(kMicrosoft);
}

bool accepts_metadata_issuer(const Provider& provider, std::string_view issuer) {
  if (!is_shared_directory(provider.issuer)) return issuer == provider.issuer;
  if (issuer == issuer_of_tenant(kTenantPlace)) return true;
  return directory_of(provider.issuer) == "consumers" && issuer == issuer_of_tenant(kPersonal);
}

bool accepts_response_issuer(const Provider& provider, std::string_view issuer) {
  if (!is_shared_directory(provider.issuer)) return issuer == provider.issuer;
  return is_tenant(directory_of(issuer));
}

bool accepts_token_issuer(const Provider& provider, std::string_view issuer,
                          const std::optional<std::string>& tenant) {
  if (!is_shared_directory(provider.issuer)) {
    return issuer == provider.issuer &&
           (provider.tenants.empty() || (tenant && lists(provider, *tenant)));
  }
  return tenant && is_tenant(*tenant) && issuer == issuer_of_tenant(*tenant) &&
         admits(provider, directory_of(provider.issuer), *tenant);
}

bool key_signs_for(std::string_view key_issuer, std::string_view issuer,
                   const std::optional<std::string>& tenant) {
  if (key_issuer.empty() || key_issuer == issuer) return true;
  const auto place = key_issuer.find(kTenantPlace);
  if (place == std::string_view::npos || !tenant) return false;
  std::string filled(key_issuer);
  filled.replace(place, kTenantPlace.size(), *tenant);
  return filled == issuer;
}

}  // namespace postern::handlers::sso
