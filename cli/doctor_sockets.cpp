#include <grp.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "cli/doctor.hpp"
#include "cli/path_access.hpp"
#include "cli/socket_probe.hpp"

namespace postern::cli {
namespace {

using fcgi::SocketSettings;

/// The user that the web server's workers run as: named, or the first usual one there is.
std::optional<Identity> find_web_user(const std::string& named) {
  if (!named.empty()) return identity_of(named);
  for (const auto* usual : {"www-data", "nginx", "http", "apache", "lighttpd", "www"}) {
    if (auto found = identity_of(usual)) return found;
  }
  return std::nullopt;
}

void examine_listener(Findings& findings, const std::string& check, const std::string& address) {
  switch (probe_socket(address)) {
    case Listening::Yes:
      findings.ok(check, "somebody listens on " + address);
      break;
    case Listening::No:
      findings.fail(check, "nobody listens on " + address, "start `postern serve`, see its log");
      break;
    case Listening::Unknown:
      findings.warn(check, "whether somebody listens on " + address + " cannot be seen from here",
                    "run doctor as root or as the user that runs `postern serve`");
      break;
  }
}

/// What a socket that does not exist yet would let through.
void examine_planned(Findings& findings, const std::string& check, const SocketSettings& socket,
                     const Identity& web) {
  const auto path = socket.address.substr(5);
  findings.warn(check, path + " does not exist: Postern is not running",
                "start `postern serve`, see its log");
  if (socket.group.empty()) {
    findings.warn(check, "its group is not set: " + web.name + " may be kept out",
                  "set server." + check + ".group to a group that " + web.name + " is in");
    return;
  }
  const auto* group = getgrnam(socket.group.c_str());
  if (group == nullptr) return;  // told already
  const auto& groups = web.groups;
  if (std::find(groups.begin(), groups.end(), group->gr_gid) == groups.end()) {
    findings.fail(check, web.name + " is not in the group " + socket.group,
                  "usermod -aG " + socket.group + " " + web.name + ", and restart the web server");
  }
}

void examine_existing(Findings& findings, const std::string& check, const SocketSettings& socket,
                      const struct stat& status, const Identity& web) {
  const auto path = socket.address.substr(5);
  if (!S_ISSOCK(status.st_mode)) {
    findings.fail(check, path + " is not a socket", "move it away and restart `postern serve`");
    return;
  }
  if (!may(status, web, Access::Write)) {
    findings.fail(check, path + " is " + describe(status) + ": " + web.name + " cannot connect",
                  "set server." + check + ".group to a group that " + web.name +
                      " is in, mode to \"0660\", and restart Postern");
    return;
  }
  findings.ok(check, path + " is " + describe(status) + ": " + web.name + " can connect");
  if ((status.st_mode & S_IWOTH) != 0) {
    findings.warn(check, path + " is open to every process of this machine",
                  "set server." + check + ".mode to \"0660\" and its group to the web server's");
  }
  examine_listener(findings, check, socket.address);
}

void examine_unix(Findings& findings, const std::string& check, const SocketSettings& socket,
                  const std::optional<Identity>& web) {
  const std::filesystem::path path = socket.address.substr(5);
  if (!socket.group.empty() && getgrnam(socket.group.c_str()) == nullptr) {
    findings.fail(check, "the group " + socket.group + " does not exist",
                  "groupadd --system " + socket.group + ", or name another group");
  }
  if (!web) {
    examine_listener(findings, check, socket.address);
    return;
  }
  if (const auto blocked = blocked_directory(path, *web)) {
    struct stat status {};
    const bool exists = ::stat(blocked->c_str(), &status) == 0;
    findings.fail(check,
                  blocked->string() +
                      (exists ? " is " + describe(status) + ": " + web->name + " cannot pass it"
                              : " does not exist"),
                  exists ? "chgrp it to a group that " + web->name + " is in, and chmod 0750 it"
                         : "make it, mode 0750, with the group of the web server");
    return;
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    examine_existing(findings, check, socket, status, *web);
  } else {
    examine_planned(findings, check, socket, *web);
  }
}

void examine_tcp(Findings& findings, const std::string& check, const std::string& address) {
  if (!address.starts_with("tcp:127.") && !address.starts_with("tcp:[::1]")) {
    findings.warn(check, address + " can be reached from other machines, without any protection",
                  "listen on a unix socket or on 127.0.0.1");
  }
  examine_listener(findings, check, address);
}

}  // namespace

void examine_sockets(Findings& findings, const Config& config, const std::string& web_user) {
  const auto web = find_web_user(web_user);
  if (!web) {
    findings.warn("web server",
                  web_user.empty() ? "none of the usual web server users exists here"
                                   : "there is no user " + web_user,
                  "name the user that your web server runs as: postern doctor --web-user NAME");
  }
  const std::array<std::pair<const char*, const SocketSettings*>, 2> sockets{
      {{"api", &config.server.api.socket}, {"gate", &config.server.gate.socket}}};
  for (const auto& [check, socket] : sockets) {
    if (socket->address.starts_with("unix:")) {
      examine_unix(findings, check, *socket, web);
    } else if (socket->address.starts_with("tcp:")) {
      examine_tcp(findings, check, socket->address);
    } else {
      findings.ok(check, socket->address + " is inherited; whoever starts Postern opens it");
    }
  }
}

}  // namespace postern::cli
