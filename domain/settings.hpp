#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/oauth_resources.hpp"
#include "domain/policy.hpp"

namespace postern::domain {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Kinds of login session: which front door made it, hence which lifetimes and leeway hold, and at
/// which door its refresh token is taken (rule R10). The numbers are stored.
enum class SessionKind : std::int16_t {
  Native = 1,
  Dispatcharr = 2,
  OpenSkip = 3,
  Scriptix = 4,
  Kitsu = 5,
  OAuth = 6,   ///< what a client was granted: its row in postern.oauth_grant says what
  Browser = 7  ///< somebody signed in at the pages: a cookie, no tokens (browser_session.hpp)
};
inline constexpr std::size_t kSessionKinds = 7;

struct SessionSettings {
  seconds access_lifetime;
  seconds idle_lifetime;      ///< Ends this long after the last rotation (ASVS 7.3.1).
  seconds absolute_lifetime;  ///< Ends this long after the login, whatever happens (ASVS 7.3.2).
  /// How long the predecessor of the current refresh token is answered with the same successor
  /// (R2). None: until the successor is first used, for clients that never adopt it.
  std::optional<seconds> refresh_leeway;
  /// The absolute lifetime of a login that asked not to be remembered, where that is shorter.
  seconds unremembered_lifetime = hours(12);
};

/// Argon2id. The floor is OWASP's: m = 19456 KiB with t = 2, or an equal of it.
struct PasswordSettings {
  std::uint32_t memory_kib = 19456;
  std::uint32_t iterations = 2;
  std::uint32_t min_length = 15;             ///< code points, NIST SP 800-63B-4; 8 at the least
  std::uint32_t min_length_with_mfa = 8;     ///< where a second factor is in force besides
  bool refuse_common = true;                 ///< ASVS 6.2.4: the list of common ones
  std::uint32_t max_length = 256;            ///< bytes; longer ones are refused, never cut
  std::uint32_t concurrent_hashes = 2;       ///< on this machine, over all workers
  std::chrono::milliseconds hash_wait{100};  ///< for a free slot, before Busy
};

/// Failed logins (limiter.hpp): so many at once, given back evenly within the window.
struct LoginLimitSettings {
  std::uint32_t per_account = 10;
  std::uint32_t per_network = 100;  ///< an IPv4 address, an IPv6 /64
  seconds window = minutes(15);
  /// At a door whose clients expect to be locked out soon, and let in again soon (SignIn::brief):
  /// these failures at once, given back evenly within that window, besides the limits above.
  std::uint32_t brief_per_account = 5;
  seconds brief_window = minutes(1);
  days known_network = days(90);  ///< a network stays an account's own this long after a login
};

enum class RegistrationMode { Closed, Invite, Open };

struct RegistrationSettings {
  RegistrationMode mode = RegistrationMode::Closed;
  bool approval = false;        ///< new accounts wait for an administrator
  bool verify_email = false;    ///< new accounts wait until their address is confirmed; needs mail
  std::string role = "member";  ///< of a new account that no invitation gives one
  std::uint32_t per_network_per_hour = 20;  ///< registrations tried
};

struct KeySettings {
  std::string prefix = "pst_";
  std::uint32_t per_account = 50;  ///< live ones
  bool read_back = false;          ///< keep an encrypted copy of personal keys (see docs)
  bool end_on_password_change = false;
};

/// How machines tell each other what was revoked.
enum class Coherence {
  Listen,  ///< LISTEN/NOTIFY: at once
  Poll,    ///< a journal that is read every poll_interval: for poolers and engines without LISTEN
};

/// The credential cache (credential_cache.hpp).
struct CacheSettings {
  std::size_t entries = 24576;     ///< 0: none, every check asks the database
  seconds lifetime = seconds(60);  ///< an entry is asked anew after it, whatever is known of it
  Coherence coherence = Coherence::Listen;
  /// The cache is not believed when the other machines have not been heard for this long: the bound
  /// of rule R6 across machines.
  std::chrono::milliseconds stale_limit{5000};
  std::chrono::milliseconds poll_interval{200};
};

struct MfaSettings {
  std::string totp_issuer = "Postern";  ///< what authenticator apps show beside the username
  std::uint32_t drift_steps = 1;        ///< steps of 30 s before and after the present one
  std::uint32_t recovery_codes = 10;    ///< in a set
  /// A sign-in as young as this needs no password again before a factor is changed (ASVS 7.5.1).
  seconds recent_sign_in = minutes(5);
  /// Sessions of the Kitsu dialect are good for nothing but setting up a second factor while their
  /// account, a person's, has none (Principal::lacks_second_factor).
  bool required_at_kitsu = false;
};

/// WebAuthn as a second factor (webauthn.hpp).
struct WebauthnSettings {
  std::string rp_id{};                 ///< "": the issuer's host
  std::vector<std::string> origins{};  ///< of the pages that ask for it; none: the issuer's
  std::string rp_name = "Postern";
  seconds challenge_lifetime = minutes(5);
  std::uint32_t per_account = 10;  ///< credentials
};

struct MailSettings {
  bool enabled = false;  ///< there is a server to send by
  bool notices = true;   ///< new sign-ins, changes of factors and passwords
  seconds verify_lifetime = hours(24);
  seconds reset_lifetime = hours(1);
  seconds code_lifetime = minutes(5);  ///< of one-time codes (email_code.hpp)
};

struct OAuthSettings {
  bool enabled = true;
  /// The issuer of OAuth: of the same origin as Settings::issuer, with or without a path, no '/' at
  /// the end. Never empty once loaded.
  std::string issuer = "http://127.0.0.1:8080";
  /// Never empty once loaded; the first is meant where a client names none. Without any in the
  /// configuration there is one: all of the site, named as the issuer's origin, with the
  /// permissions that the policy's rules name.
  OAuthResources resources{};
  seconds code_lifetime = seconds(60);
  seconds request_lifetime = hours(1);  ///< from the request to the answer of whoever is asked
  seconds pushed_lifetime = seconds(90);
  seconds device_lifetime = minutes(10);
  seconds device_interval = seconds(5);
  seconds dpop_window = seconds(60);  ///< a proof's age, either way
  bool registration = true;           ///< open to the world (RFC 7591)
  std::uint32_t registrations_per_network_per_hour = 60;
  std::uint32_t equal_registrations = 20;     ///< unused ones with the same metadata
  std::uint32_t most_unused_clients = 10000;  ///< the oldest beyond go
  days unused_client = days(7);               ///< a client that never got anything goes after this
  days idle_client = days(90);                ///< one without a live grant, after its last use
  bool client_documents = true;               ///< client_id may be the address of a document
  /// Networks (CIDR) that documents, keys and logout notices of clients may be fetched from or sent
  /// to although they are not of the public internet. None by default: SSRF.
  std::vector<std::string> fetch_networks{};
  std::string fetch_ca_file{};  ///< authorities for those; "": the system's
};

/// The keys that tokens are signed with change by themselves (signing_keys.hpp).
struct SigningSettings {
  days rotate_every = days(30);
  /// A key is published this long before it signs: longer than jwks_max_age, so that no cached set
  /// lacks it.
  seconds publish_ahead = hours(1);
  seconds jwks_max_age = seconds(300);
};

struct AuditSettings {
  days retention = days(365);
};

struct Settings {
  std::string issuer = "http://127.0.0.1:8080";
  std::array<SessionSettings, kSessionKinds> sessions{
      SessionSettings{minutes(10), days(14), days(90), seconds(10)},
      SessionSettings{minutes(30), days(1), days(1), std::nullopt},
      SessionSettings{hours(24), days(1), days(1), seconds(0)},
      SessionSettings{days(7), days(7), days(7), seconds(0)},
      SessionSettings{days(7), days(15), days(22), seconds(0)},
      SessionSettings{minutes(15), days(30), days(365), seconds(30)},
      SessionSettings{minutes(15), hours(24), days(14), seconds(0)}};
  PasswordSettings password;
  LoginLimitSettings login_limit;
  RegistrationSettings registration;
  KeySettings keys;
  MfaSettings mfa;
  WebauthnSettings webauthn;
  MailSettings mail;
  AuditSettings audit;
  CacheSettings cache;
  OAuthSettings oauth;
  SigningSettings signing;
  Policy policy;

  [[nodiscard]] const SessionSettings& session(SessionKind kind) const {
    return sessions.at(static_cast<std::size_t>(kind) - 1);
  }
};

}  // namespace postern::domain
