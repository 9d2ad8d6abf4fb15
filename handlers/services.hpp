#pragma once

#include <string>
#include <vector>

#include "domain/services.hpp"
#include "fcgi/shared_segment.hpp"
#include "handlers/sso/settings.hpp"

namespace postern::handlers {

namespace sso {
class ProviderMemory;
}

struct DispatcharrSettings {
  bool enabled = true;
  unsigned logins_per_minute = 3;  ///< per client address, successes included; 0: no throttle
};

struct NativeSettings {
  unsigned requests_per_minute = 600;  ///< of one account, or network without one; 0: no limit
};

struct OpenSkipSettings {
  bool enabled = true;
  unsigned sign_ins_per_minute = 10;  ///< of one network: register, token, login; 0: no limit
};

struct SkedCastSettings {
  bool enabled = true;
  unsigned requests_per_minute = 120;  ///< of one account, or network without one; 0: no limit
  std::string agency = "Agency";       ///< what GET /v1/agency calls this installation
};

struct ScriptixSettings {
  bool enabled = true;
  unsigned requests_per_minute = 100;
  std::string organization = "Organization";  ///< what `me` tells
  std::string plan = "Gold";
  std::vector<std::string> redirect_uris{};      ///< of login/microsoft, each to the letter
  std::string microsoft_provider = "microsoft";  ///< the [[sso.provider]] behind login/microsoft
};

struct KitsuSettings {
  bool enabled = true;
  std::string organisation = "Organisation";
  std::string version = "1.0.67";  ///< of the API, as clients read it from its index
  std::string locale = "en_US", timezone = "Europe/Paris";  ///< of a person who has set none
  bool browser_cookies = true;     ///< browsers get, and may show, the tokens in cookies
  bool claimable_persons = false;  ///< new persons without a password: NewAccount::claimable
  /// The page that links in letters and `reset_password_link` lead to; "" for the issuer's
  /// /reset-change-password.
  std::string reset_page;
  std::string home_page = "/";  ///< where a browser goes on after a sign-in at the provider
  std::string oidc_provider;    ///< the [[sso.provider]] behind auth/oidc/login; "" for none
};

struct OAuthPageSettings {
  bool enabled = true;
  std::string mount;  ///< path of the issuer: may stand before every path of the dialect; "" or /x
  std::string title = "Postern";  ///< what the pages call this site
  std::string home_page = "/";    ///< where a browser goes on after signing out
  /// How many workers may wait at once for what clients name (oauth/fetch_turn.hpp), in places of
  /// their own behind those of sso.outgoing; 0: in those, with the providers.
  unsigned fetches = 0;
};

struct GateSettings {
  /// Browsers that signed in at the authorization server's pages show their session in a cookie;
  /// read where no credential is in a header and the authorization server is there, under the same
  /// rule as the next.
  bool browser_sessions = true;
  /// Browsers of the Kitsu dialect show their access token in a cookie; read where no credential is
  /// in a header, and for what changes something only from pages of the same origin.
  bool kitsu_cookie = true;
  /// Where the shipped web-server configuration sends browsers that are not signed in; told in
  /// X-Auth-Sign-In, with the wanted address as `return_to`. "" for none.
  std::string sign_in_url;
  std::string realm = "postern";
};

struct Settings {
  NativeSettings native;
  DispatcharrSettings dispatcharr;
  OpenSkipSettings openskip;
  SkedCastSettings skedcast;
  ScriptixSettings scriptix;
  KitsuSettings kitsu;
  OAuthPageSettings oauth;
  GateSettings gate;
  sso::Settings sso;
};

/// What a handler works with.
struct Services {
  domain::Services domain;
  const Settings& settings;
  fcgi::SharedSegment& shared;
  sso::ProviderMemory* providers = nullptr;  ///< none: nobody signs in at a provider
};

}  // namespace postern::handlers
