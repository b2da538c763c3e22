#include "cli/page_commands.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/action_request.hpp"
#include "cli/option_check.hpp"
#include "cli/output_option.hpp"
#include "cli/run_task.hpp"
#include "cli/server_choice.hpp"
#include "cli/terminal.hpp"
#include "session/limits.hpp"

namespace telltale::cli {
namespace {

using base::Errc;
using base::Result;
using nlohmann::json;

struct PageArguments {
  ServerChoice server;
  OutputFormat output = OutputFormat::text;
  std::string session;
  std::string url;
  std::string action;
  std::array<std::string, 3> words;
  ActionOptions options;
  std::string selector;
  bool whole = false;
  bool no_links = false;
  bool images = false;
  std::string file;
};
using Arguments = std::shared_ptr<PageArguments>;

std::string path_of(const PageArguments& arguments, std::string_view operation) {
  return "/sessions/" + net::percent_encode(arguments.session) + "/page/" + std::string(operation);
}

std::string dump(const json& value) {
  return printable_json(value.dump(2, ' ', false, json::error_handler_t::replace)) + "\n";
}

// Page text line by line: it may be anything.
std::string printable_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out += printable(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string text_member(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<json> post(const PageArguments& arguments, std::string_view operation, const std::string& body) {
  const auto client = choose_server(arguments.server);
  if (!client) return std::unexpected(client.error());
  return run_task(client->post(path_of(arguments, operation), body));
}

CLI::App* declare_one(CLI::App& app, const Arguments& arguments, const char* name, const char* description) {
  CLI::App* const command = app.add_subcommand(name, description);
  declare_server_choice(*command, arguments->server);
  command->add_option("ID", arguments->session, "Id or name of the session")->required();
  return command;
}

// --- observe

std::string observation_text(const json& observation) {
  const auto metadata = observation.value("metadata", json::object());
  std::string text = fmt::format("{}\n{}\n", printable(text_member(metadata, "title")), printable(text_member(metadata, "url")));
  const auto tabs = metadata.value("tabs", json::array());
  for (std::size_t i = 0; tabs.size() > 1 && i < tabs.size(); ++i) {
    text += fmt::format("tab {}  {}\n", i, printable(text_member(tabs[i], "url")));
  }
  return text + printable_lines(text_member(observation.value("space", json::object()), "description"));
}

void declare_observe(CLI::App& app, Command& chosen) {
  const auto arguments = std::make_shared<PageArguments>();
  CLI::App* const command =
      declare_one(app, arguments, "observe", "Show what is seen of the page, with ids for what can be acted on");
  declare_output(*command, arguments->output);
  command->add_option("--url", arguments->url, "Open this first, unless it is there already")->type_name("URL");
  command->callback([arguments, &chosen] {
    chosen = [arguments]() -> Result<int> {
      json body = {{"screenshot", false}};
      if (!arguments->url.empty()) body["url"] = arguments->url;
      const auto observation = post(*arguments, "observe", body.dump());
      if (!observation) return std::unexpected(observation.error());
      const auto text =
          arguments->output == OutputFormat::json ? dump(*observation) : observation_text(*observation);
      std::fputs(text.c_str(), stdout);
      return 0;
    };
  });
}

// --- act

Result<std::string> read_file(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size > session::limits::kFileBytes) {
    return base::fail(Errc::limit, fmt::format("'{}' is larger than {} MiB", path, session::limits::kFileBytes >> 20));
  }
  std::ifstream file(path, std::ios::binary);
  std::string content(static_cast<std::size_t>(error ? 0 : size), '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (error || !file) return base::fail(Errc::io, fmt::format("cannot read '{}': are you allowed to?", path));
  return content;
}

/// A file of this machine goes to the session first: the server, which may be elsewhere, gives it to the page then.
Result<std::string> bring_file(const PageArguments& arguments, std::string action) {
  const auto path = local_file_of(action);
  if (path.empty()) return action;
  auto content = read_file(path);
  if (!content) return std::unexpected(content.error());
  const auto client = choose_server(arguments.server);
  if (!client) return std::unexpected(client.error());
  const auto name = std::filesystem::path(path).filename().string();
  const auto file = run_task(client->send_file(arguments.session, name, std::move(*content)));
  if (!file) return std::unexpected(file.error());
  return with_file(action, text_member(*file, "id"));
}

void declare_act(CLI::App& app, Command& chosen) {
  const auto arguments = std::make_shared<PageArguments>();
  CLI::App* const command = declare_one(app, arguments, "act", "Do one action in the page");
  declare_output(*command, arguments->output);
  command->footer(action_list());
  command->add_option("ACTION", arguments->action, "What to do")->required();
  // Not one option for a list: CLI11 would take a word like [x] for a list of its own.
  std::array<CLI::Option*, 3> words{};
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] = command->add_option("WORD" + std::to_string(i + 1), arguments->words[i], "What the action takes");
  }
  command->add_flag("--press-enter", arguments->options.press_enter, "Press Enter afterwards");
  command->add_option("--timeout", arguments->options.timeout_ms, "Wait so long for the element at most")
      ->type_name("MS")
      ->check(CLI::Range(0, 300'000));
  command->callback([arguments, words, &chosen] {
    std::vector<std::string> given;
    for (std::size_t i = 0; i < words.size() && words[i]->count() > 0; ++i) given.push_back(arguments->words[i]);
    const auto body = checked("act", to_action(arguments->action, given, arguments->options));
    chosen = [arguments, body]() -> Result<int> {
      const auto action = bring_file(*arguments, body);
      if (!action) return std::unexpected(action.error());
      const auto outcome = post(*arguments, "execute", *action);
      if (!outcome) return std::unexpected(outcome.error());
      const bool success = outcome->value("success", false);
      const auto message = printable(text_member(*outcome, "message"));
      if (arguments->output == OutputFormat::json) {
        std::fputs(dump(*outcome).c_str(), stdout);
        return success ? 0 : 1;
      }
      if (!success) return base::fail(Errc::protocol, message);
      const auto data = outcome->value("data", json());
      const auto text = data.is_object() ? printable_lines(text_member(data, "markdown")) : message + "\n";
      std::fputs(text.c_str(), stdout);
      return 0;
    };
  });
}

// --- scrape

void declare_scrape(CLI::App& app, Command& chosen) {
  const auto arguments = std::make_shared<PageArguments>();
  CLI::App* const command = declare_one(app, arguments, "scrape", "Print the content of the page as Markdown");
  declare_output(*command, arguments->output);
  command->add_option("--url", arguments->url, "Open this first, unless it is there already")->type_name("URL");
  command->add_option("--selector", arguments->selector, "Only what is inside of this element")->type_name("SELECTOR");
  command->add_flag("--whole", arguments->whole, "With navigation, header, footer and the like");
  command->add_flag("--no-links", arguments->no_links, "Without the URLs of links");
  command->add_flag("--images", arguments->images, "With images");
  command->callback([arguments, &chosen] {
    chosen = [arguments]() -> Result<int> {
      json body = {{"only_main_content", !arguments->whole},
                   {"scrape_links", !arguments->no_links},
                   {"scrape_images", arguments->images}};
      if (!arguments->url.empty()) body["url"] = arguments->url;
      if (!arguments->selector.empty()) body["selector"] = arguments->selector;
      const auto data = post(*arguments, "scrape", body.dump());
      if (!data) return std::unexpected(data.error());
      const auto text = arguments->output == OutputFormat::json ? dump(*data)
                                                                : printable_lines(text_member(*data, "markdown"));
      std::fputs(text.c_str(), stdout);
      return 0;
    };
  });
}

// --- screenshot

Result<void> write_file(const std::string& path, std::string_view bytes) {
  const bool to_stdout = path == "-";
  std::FILE* const file = to_stdout ? stdout : std::fopen(path.c_str(), "wb");
  const auto failed = [&] {
    return base::fail(Errc::io, fmt::format("cannot write '{}': {}", path, std::strerror(errno)));
  };
  if (file == nullptr) return failed();
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const bool flushed = to_stdout ? std::fflush(file) == 0 : std::fclose(file) == 0;
  if (!written || !flushed) return failed();
  return {};
}

void declare_screenshot(CLI::App& app, Command& chosen) {
  const auto arguments = std::make_shared<PageArguments>();
  CLI::App* const command = declare_one(app, arguments, "screenshot", "Take a picture of what is seen, as PNG");
  command->add_option("-o,--output", arguments->file, "Where to write it; - is the standard output")
      ->type_name("FILE")
      ->required();
  command->callback([arguments, &chosen] {
    chosen = [arguments]() -> Result<int> {
      const auto client = choose_server(arguments->server);
      if (!client) return std::unexpected(client.error());
      const auto picture = run_task(client->get(path_of(*arguments, "screenshot")));
      if (!picture) return std::unexpected(picture.error());
      if (const auto written = write_file(arguments->file, *picture); !written) {
        return std::unexpected(written.error());
      }
      return 0;
    };
  });
}

}  // namespace

void declare_page_commands(CLI::App& app, Command& chosen) {
  declare_observe(app, chosen);
  declare_act(app, chosen);
  declare_scrape(app, chosen);
  declare_screenshot(app, chosen);
}

}  // namespace telltale::cli
