// Giving files to a page: to an input that is seen, that is hidden behind what is seen, or that a script opens.

#include <algorithm>
#include <utility>

#include "cdp/protocol/dom.hpp"
#include "cdp/protocol/page.hpp"
#include "page/driver.hpp"
#include "page/limits.hpp"
#include "page/pause.hpp"
#include "page/script_answer.hpp"

namespace telltale::page {

using base::Errc;

namespace {

base::Error takes_one_file() { return {Errc::invalid_argument, "this input takes one file"}; }

}  // namespace

Answer<void> Driver::upload(Locator locator, std::vector<std::string> files, Timeout timeout) {
  const auto deadline = Clock::now() + timeout;
  const auto page = co_await current();
  if (!page) co_return std::unexpected(page.error());
  // File inputs are often hidden behind something of the page's own, so only that it is there is waited for.
  auto found = co_await find(*page, locator, deadline);
  if (!found) co_return std::unexpected(found.error());
  const auto answer = co_await call_on(found->element, "fileInput", kNoArguments, deadline);
  if (!answer) co_return std::unexpected(answer.error());
  const auto state = parsed(*answer);
  if (state.contains("error")) co_return base::fail(Errc::invalid_argument, state.value("error", ""));
  if (state.contains("problem")) {
    co_return base::fail(Errc::invalid_argument, locator.name() + " " + state.value("problem", ""));
  }
  if (!state.value("input", false)) {
    co_return co_await give_chosen_files(*page, std::move(locator), std::move(found->element), std::move(files),
                                         deadline);
  }
  if (files.size() > 1 && !state.value("multiple", false)) co_return std::unexpected(takes_one_file());
  auto input = co_await element_on(std::move(found->element), "fileInputOf", deadline);
  if (!input) co_return std::unexpected(input.error());
  if (!*input) co_return base::fail(Errc::not_found, locator.name() + " has just changed: observe it again");
  co_return co_await give_files(std::move(**input), std::move(files));
}

Answer<void> Driver::give_files(Element input, std::vector<std::string> files) {
  cdp::dom::SetFileInputFiles params;
  params.files = std::move(files);
  params.object_id = input.object_id;
  auto command = cdp::command(input.world.frame.session, params);
  const auto sent = co_await ask(std::move(command), limits::kPageCallTimeout);
  if (!sent) co_return std::unexpected(sent.error());
  co_return base::Result<void>{};
}

// Presses the element and gives the files to whatever asks for some then.
Answer<void> Driver::give_chosen_files(Target page, Locator locator, Element element, std::vector<std::string> files,
                                       Clock::time_point deadline) {
  const auto session = element.world.frame.session;
  const auto chooser = co_await press_for_chooser(page, locator, session, deadline);
  cdp::page::SetInterceptFileChooserDialog off;
  off.enabled = false;
  auto restore = cdp::command(session, off);
  co_await ask(std::move(restore), limits::kPageCallTimeout);  // a page that has gone needs it no more
  if (!chooser) co_return std::unexpected(chooser.error());
  if (*chooser && (*chooser)->input) {
    if (files.size() > 1 && !(*chooser)->multiple) co_return std::unexpected(takes_one_file());
    cdp::dom::SetFileInputFiles params;
    params.files = std::move(files);
    params.backend_node_id = (*chooser)->input;
    auto command = cdp::command(session, params);
    const auto sent = co_await ask(std::move(command), limits::kPageCallTimeout);
    if (!sent) co_return std::unexpected(sent.error());
    co_return base::Result<void>{};
  }
  auto near = co_await element_on(std::move(element), "fileInputNear", deadline);
  if (near && *near) co_return co_await give_files(std::move(**near), std::move(files));
  co_return base::fail(Errc::invalid_argument,
                       locator.name() + " is no <input type=\"file\">, and opened no file chooser when it was pressed");
}

Answer<std::optional<FileChooser>> Driver::press_for_chooser(Target page, Locator locator, base::CdpSessionId session,
                                                             Clock::time_point deadline) {
  auto intercept = cdp::command(session, cdp::page::SetInterceptFileChooserDialog{});
  const auto intercepted = co_await ask(std::move(intercept), limits::kPageCallTimeout);
  if (!intercepted) co_return std::unexpected(intercepted.error());
  link_.take_file_chooser(session);  // an earlier one
  const ClickOptions once;
  const auto pressed = co_await click_on(page, std::move(locator), once, deadline);
  if (!pressed) co_return std::unexpected(pressed.error());
  const auto end = Clock::now() + limits::kChooserTimeout;
  for (Pause pause;;) {
    if (const auto now = still(page); !now) co_return std::unexpected(now.error());
    if (const auto chooser = link_.take_file_chooser(session)) co_return chooser;
    if (Clock::now() >= end) co_return std::optional<FileChooser>{};
    const bool slept = co_await base::sleep_for(pause.next());
    if (!slept) co_return base::fail(Errc::stopped, "waiting for a file chooser was cancelled");
  }
}

}  // namespace telltale::page
