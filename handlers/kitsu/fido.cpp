#include "handlers/kitsu/errors.hpp"
#include "handlers/kitsu/factor_answer.hpp"
#include "handlers/kitsu/handlers.hpp"
#include "handlers/kitsu/person_object.hpp"
#include "handlers/kitsu/two_factor_proof.hpp"
#include "handlers/webauthn_json.hpp"

namespace postern::handlers::kitsu {
namespace {

using domain::Errc;

constexpr std::string_view kNotEnabled = "FIDO not enabled.";
constexpr FactorWords kWords{"FIDO already enabled.", "Wrong OTP.", kNotEnabled};

/// What the original has of its library's texts; the reason is of the key's answer and no secret.
Response registration_refused(const domain::Error& error) {
  const bool of_name = error.field == "name";
  if (error.code == Errc::Taken) {
    return refused_proof(of_name ? "Device name already in use."
                                 : "This device is already registered.");
  }
  if (error.code != Errc::InvalidInput) return factor_refused(error, kWords);
  if (of_name) return refused_proof("Device name is not valid.");
  if (error.field == "credentials") return refused_proof("Too many devices are registered.");
  return refused_proof("FIDO registration failed: " + error.reason + ".");
}

std::string full_name(Services& services, const domain::Account& account) {
  const auto person = minimal_person_object(account, load_profile(services, account.id));
  const auto name = person["full_name"].asString();
  return name.empty() ? account.username : name;
}

}  // namespace

/// Who has a security key is told to whoever asks: the protocol wants it.
Response start_fido_login(const Call& call, Services& services) {
  auto query = Reader::query(call.request);
  const auto login = query.required_text("email");
  if (query.refusal()) return *query.refusal();
  const auto told = domain::request_assertion(services.domain, login, call.origin());
  return told ? answer(200, request_options(*told)) : factor_refused(told.error(), kWords);
}

Response start_fido(const Call& call, Services& services) {
  const auto& account = call.principal->account;
  const auto told = domain::start_webauthn(services.domain, account.id);
  if (!told) return registration_refused(told.error());
  return answer(200, creation_options(*told, account.email.value_or(account.username),
                                      full_name(services, account)));
}

Response register_fido(const Call& call, Services& services) {
  Reader body(call.request);
  const auto response = body.object("registration_response");
  const auto name = body.required_text("device_name");
  if (response.isNull()) body.refuse("registration_response", "Field required");
  if (body.refusal()) return *body.refusal();
  auto attestation = read_attestation(response);
  if (!attestation) return refused_proof("FIDO registration failed: malformed.");
  const auto& caller = *call.principal;
  const auto codes =
      domain::register_webauthn(services.domain, caller.account.id, {*std::move(attestation), name},
                                *caller.session, call.origin(), domain::RecoveryCodeStyle::Plain);
  return codes ? factor_in_force(call, services, *codes) : registration_refused(codes.error());
}

Response remove_fido(const Call& call, Services& services) {
  Reader body(call.request);
  const auto name = body.required_text("device_name");
  const auto proof = read_proof(body);
  if (body.refusal()) return *body.refusal();
  const auto removed = domain::remove_webauthn(services.domain, call.principal->account.id, name,
                                               proof, call.origin());
  return removed ? success() : factor_refused(removed.error(), kWords);
}

}  // namespace postern::handlers::kitsu
