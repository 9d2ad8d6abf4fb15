#pragma once

#include <string>

#include "domain/secret.hpp"

namespace postern::cli {

/// How letters leave, and what stands in all of them. The forms are those of mail_forms.hpp.
struct MailTransport {
  std::string server;         ///< "" for none
  bool tls = true;            ///< false: in clear; to this machine's own server alone
  std::string ca_file;        ///< PEM; "" for the certificates that the system trusts
  std::string username;       ///< "" for none
  domain::Secret password{};  ///< with username
  std::string from;           ///< a mailbox
  std::string site_name;      ///< "" for the issuer's host
  std::string confirm_url;    ///< pages that the links open
  std::string reset_url;
  std::string template_directory;  ///< "" for the built-in letters
};

}  // namespace postern::cli
