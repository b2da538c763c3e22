"""The official client from PyPI, unmodified: sessions, and a small shop that is driven through them."""

import asyncio
import io
import json
import pathlib
import shutil
import tempfile
import unittest
from datetime import timedelta

from telltale import Shop, Telltale, eventually  # before the client: it reads the environment

from notte_core.errors import NotteBaseError, ScrapeFailedError
from notte_core.types import SessionResponse
from notte_sdk import AsyncNotteClient, NotteClient
from notte_sdk.errors import NotteAPIError
from PIL import Image


class NotteTest(unittest.TestCase):
    def start(self, *options):
        self.shop = Shop(self)
        self.telltale = Telltale(self, *options)
        client = NotteClient(api_key=self.telltale.token, server_url=self.telltale.url, max_retries=0)
        self.addCleanup(client.close)
        return client

    def order(self):
        """A session on the order page, logged in."""
        client = self.start()
        session = client.Session(solve_captchas=False, proxies=False, viewport_width=1000, viewport_height=700)
        session.start()
        session.set_cookies(cookies=[{"name": "user", "value": "ada", "domain": "127.0.0.1", "path": "/", "httpOnly": True}])
        session.execute(type="goto", url=self.shop.url("/order"))
        return session

    def evaluate(self, session, code):
        return json.loads(session.evaluate_js(f"[{code}]"))[0]

    def test_a_session_starts_is_looked_at_and_stops(self):
        client = self.start()
        session = client.Session(
            headless=True, solve_captchas=False, proxies=False, idle_timeout_minutes=5, max_duration_minutes=30,
            viewport_width=800, viewport_height=600, browser_type="chromium", user_agent="tea/1", use_file_storage=False,
            open_viewer=False)
        session.start()
        self.assertRaises(ValueError, session.start)
        for status in (session.response, session.status(), client.Session(session.session_id).response):
            self.assertIsInstance(status, SessionResponse)
            self.assertEqual((status.session_id, status.status), (session.session_id, "active"))
            self.assertEqual((status.idle_timeout_minutes, status.max_duration_minutes), (5, 30))
            self.assertEqual((status.viewport_width, status.viewport_height, status.user_agent), (800, 600, "tea/1"))
            self.assertIsNone(status.closed_at)
            self.assertLess(status.duration, timedelta(minutes=1))
        self.assertEqual(self.evaluate(session, "[innerWidth, innerHeight, navigator.userAgent]"), [800, 600, "tea/1"])
        session.stop()
        self.assertEqual(session.response.status, "closed")
        self.assertIsNotNone(session.response.closed_at)
        self.assertEqual(session.status().status, "closed")

    def test_a_session_ends_with_the_block_that_uses_it(self):
        client = self.start()
        with client.Session() as session:
            self.assertEqual([each.session_id for each in client.sessions.list()], [session.session_id])
            self.assertEqual((session.response.idle_timeout_minutes, session.response.max_duration_minutes), (3, 15))
        with self.assertRaisesRegex(KeyError, "in the block"), client.Session():
            raise KeyError("in the block")
        self.assertEqual(list(client.sessions.list()), [])

    def test_sessions_are_listed_page_by_page(self):
        client = self.start()
        sessions = [client.Session() for _ in range(3)]
        for session in sessions:
            session.start()
        ids = [session.session_id for session in reversed(sessions)]
        listed = lambda **query: [each.session_id for each in client.sessions.list(**query)]  # noqa: E731
        self.assertEqual(listed(), ids)
        self.assertEqual(listed(page_size=2), ids[:2])
        self.assertEqual(listed(page=2, page_size=2), ids[2:])
        sessions[0].stop()
        self.assertEqual(listed(), ids[:2])
        self.assertEqual(listed(only_active=False), ids)

    def test_a_person_logs_in_and_orders(self):
        client = self.start()
        with client.Session(solve_captchas=False, proxies=False) as session:
            session.execute(type="goto", url=self.shop.url("/order"))
            seen = session.observe()
            self.assertEqual(seen.metadata.title, "Log in")

            def named(text):
                [found] = [action for action in seen.space.interaction_actions if text in action.description]
                return found.id

            session.execute(type="fill", id=named('name="user"'), value="ada")
            session.execute(type="fill", id=named('name="password"'), value="s3cret", press_enter=True)
            eventually("the order page", lambda: session.observe().metadata.title == "Order")
            seen = session.observe()
            session.execute(type="fill", id=named('name="name"'), value="Ada")
            session.execute(type="select_dropdown_option", id=named("<select"), value="Large")
            session.execute(type="check", id=named('name="gift"'), value=True)
            result = session.execute(type="click", id=named("Send it"))
            self.assertIs(result.success, True)
            self.assertLessEqual(result.started_at, result.ended_at)
            eventually("the thanks", lambda: session.observe().metadata.title == "Thanks")
        self.assertEqual(self.shop.received, [
            ("/login", {"user": "ada", "password": "s3cret"}, ""),
            ("/order", {"name": "Ada", "size": "l", "gift": "on"}, "user=ada")])

    def test_an_observed_action_can_be_executed_as_it_is(self):
        session = self.order()
        seen = session.observe()
        self.assertEqual((seen.metadata.viewport.viewport_width, seen.metadata.viewport.viewport_height), (1000, 700))
        self.assertEqual([tab.title for tab in seen.metadata.tabs], ["Order"])
        self.assertEqual(Image.open(io.BytesIO(seen.screenshot.raw)).size, (1000, 700))
        ids = {action.id for action in seen.space.interaction_actions}
        self.assertEqual({box.notte_id for box in seen.screenshot.bboxes}, ids)
        self.assertIn("Order tea", seen.space.description)
        self.assertNotIn("Far below", seen.space.description)
        [link] = [action for action in seen.space.interaction_actions if "Terms" in action.description]
        session.execute(link)
        eventually("the terms", lambda: session.observe().metadata.title == "Terms")

    def test_actions_find_their_element_by_selector(self):
        session = self.order()
        # The client sends a plain selector as {"css_selector": "", ..., "playwright_selector": "#name"}.
        session.execute(type="fill", selector="#name", value="Bob")
        session.execute(type="fill", selector="css=#name", value="Ada")
        session.execute(type="fill", selector="xpath=//*[@id='name']", value=" L.", clear_before_fill=False)
        session.execute(type="check", selector="#gift", value=True)
        session.execute(type="select_dropdown_option", selector="#size", value="Large")
        self.assertEqual(self.evaluate(session, "[document.forms[0].elements.name.value, gift.checked, size.value]"), ["Ada L.", True, "l"])
        session.execute(type="check", selector="#gift", value=False)
        session.execute(type="click", selector="text=Terms of delivery")
        eventually("the terms", lambda: session.observe().metadata.title == "Terms")

    def test_the_page_scrolls_waits_and_moves_through_its_history(self):
        session = self.order()
        place = lambda: self.evaluate(session, "scrollY")  # noqa: E731
        session.execute(type="scroll_down", amount=500)
        eventually("the page to be 500 px down", lambda: place() == 500)
        session.execute(type="scroll_down")
        eventually("the page to be further down", lambda: place() > 900)
        session.execute(type="scroll_up", amount=100_000)
        eventually("the page to be at its top", lambda: place() == 0)
        waited = session.execute(type="wait", time_ms=120)
        self.assertGreaterEqual(waited.ended_at - waited.started_at, timedelta(milliseconds=119))
        session.execute(type="goto", url=self.shop.url("/terms"))
        session.execute(type="go_back")
        self.assertEqual(session.observe().metadata.title, "Order")
        session.execute(type="go_forward")
        session.execute(type="reload")
        session.execute(type="goto_new_tab", url=self.shop.url("/thanks"))
        self.assertEqual([tab.title for tab in session.observe().metadata.tabs], ["Terms", "Thanks"])
        session.execute(type="switch_tab", tab_index=0)
        self.assertEqual(session.observe().metadata.title, "Terms")
        session.execute(type="switch_tab", tab_index=-1)
        session.execute(type="close_tab")
        self.assertEqual(session.observe().metadata.title, "Terms")

    def test_files_are_brought_given_to_a_page_fetched_and_deleted(self):
        client = self.start()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="telltale-cv-"))
        self.addCleanup(shutil.rmtree, folder)
        cv = folder / "my cv.txt"
        cv.write_text("Ada's CV")
        with client.Session(storage=client.FileStorage()) as session:
            file = session.storage.upload(str(cv))
            self.assertEqual((file.filename, file.size, file.session_id, file.source), (cv.name, 8, session.session_id, "user_upload"))
            renamed = session.storage.upload(str(cv), "résumé.txt")
            page = session.storage.list()
            self.assertEqual(([each.id for each in page.files], page.total), ([file.id, renamed.id], 2))
            self.assertEqual([each.id for each in client.files.list(session.session_id, limit=1, offset=1).files], [renamed.id])
            self.assertEqual([each.name for each in asyncio.run(session.storage.alist_uploaded_files())], [cv.name, "résumé.txt"])
            session.execute(type="goto", url=self.shop.url("/apply"))
            for path in (cv.name, file.id):
                session.execute(type="upload_file", selector="#cv", file_path=path)
                self.assertEqual(json.loads(session.evaluate_js("read()")), [cv.name, "Ada's CV"])
            for path in ("/etc/passwd", "../../etc/passwd"):
                with self.assertRaisesRegex(NotteAPIError, "403|upload-dir"):
                    session.execute(type="upload_file", selector="#cv", file_path=path)
            fetched = pathlib.Path(session.storage.download(renamed.id, str(folder / "back")))
            self.assertEqual((fetched.name, fetched.read_text()), ("résumé.txt", "Ada's CV"))
            session.storage.delete(file.id)
            self.assertEqual([each.id for each in session.storage.list().files], [renamed.id])
            self.assertRaises(FileNotFoundError, session.storage.download, file.id, str(folder))
            self.assertRaises(NotteAPIError, session.storage.delete, file.id)
            # telltale keeps no downloads, and says so rather than that there were none.
            self.assertRaisesRegex(NotteAPIError, "keeps no downloads", session.storage.list, "session_download")
        self.assertRaises(NotteAPIError, client.files.list, session.session_id)

    def test_keys_are_pressed(self):
        session = self.order()
        name = "document.forms[0].elements.name.value"
        self.evaluate(session, "document.forms[0].elements.name.focus()")
        session.execute(type="press_key", key="a")
        session.execute(type="press_key", key="Shift+b")
        self.assertEqual(self.evaluate(session, name), "aB")
        session.execute(type="press_key", key="Control+a")
        session.execute(type="press_key", key="Backspace")
        self.assertEqual(self.evaluate(session, name), "")

    def test_what_javascript_yields_is_a_text(self):
        session = self.order()
        # As the client documents it: objects and lists as JSON, null as "null", and a text as it is, which its fetch() needs.
        self.assertEqual(session.evaluate_js("({a: [1, 'b', null]})"), '{"a":[1,"b",null]}')
        self.assertEqual(session.evaluate_js("null"), "null")
        self.assertEqual(session.evaluate_js("1 + 1"), "2")
        self.assertEqual(session.evaluate_js("document.title"), "Order")
        self.assertEqual(json.loads(session.evaluate_js("Promise.resolve(JSON.stringify({ok: true}))")), {"ok": True})
        with self.assertRaisesRegex(NotteBaseError, "nothing is not defined"):
            session.evaluate_js("nothing.at.all")
        self.assertFalse(session.evaluate_js("nothing", raise_on_failure=False).success)

    def test_the_page_fetches(self):
        session = self.order()
        answer = session.fetch("/api")
        self.assertEqual((answer.status_code, answer.json()), (418, {"cookie": "user=ada"}))
        self.assertEqual((answer.headers["x-shop"], answer.url), ("tea", self.shop.url("/api")))
        self.assertEqual(session.fetch("/order", method="POST", data={"name": "Ada ü"}).url, self.shop.url("/thanks"))
        self.assertEqual(self.shop.received, [("/order", {"name": "Ada ü"}, "user=ada")])

    def test_an_action_that_fails_is_an_error_or_an_answer_that_says_so(self):
        session = self.order()
        with self.assertRaisesRegex(NotteBaseError, "no element matches '#absent'"):
            session.execute(type="click", selector="css=#absent", timeout=100)
        failed = session.execute(type="click", selector="css=#absent", timeout=100, raise_on_failure=False)
        self.assertIs(failed.success, False)
        self.assertIn("no element matches '#absent'", failed.message)
        self.assertIsInstance(failed.exception, NotteBaseError)
        with self.assertRaisesRegex(NotteBaseError, "B99"):
            session.execute(type="click", id="B99")
        with self.assertRaisesRegex(NotteBaseError, "net::ERR_"):
            session.execute(type="goto", url="http://127.0.0.1:9/")
        # What is no request at all is an error in any case.
        with self.assertRaises(NotteAPIError) as caught:
            session.execute(type="goto", url="file:///etc/passwd", raise_on_failure=False)
        self.assertEqual(caught.exception.status_code, 422)
        self.assertIn("url", caught.exception.error["message"])

    def test_a_page_is_scraped(self):
        session = self.order()
        markdown = session.scrape()
        self.assertIn("# Order tea", markdown)
        self.assertIn(f"[Terms of delivery]({self.shop.url('/terms')})", markdown)
        self.assertNotIn("/terms", session.scrape(scrape_links=False))
        self.assertIn("tea.svg", session.scrape(scrape_images=True))
        self.assertNotIn("Far below", session.scrape(only_main_content=True))
        self.assertIn("Far below", session.scrape(only_main_content=False))
        self.assertEqual(session.scrape(selector="h1").strip(), "# Order tea")
        with self.assertRaisesRegex(ScrapeFailedError, "language model"):
            session.scrape(instructions="the price of tea")
        self.assertFalse(session.scrape(instructions="the price of tea", raise_on_failure=False).success)

    def test_a_page_is_scraped_without_a_session_of_ones_own(self):
        client = self.start()
        self.assertIn("Delivered within three days", client.scrape(self.shop.url("/terms")))
        self.assertEqual(list(client.sessions.list()), [])

    def test_cookies_are_set_read_and_kept_in_a_file(self):
        client = self.start()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="telltale-cookies-"))
        self.addCleanup(shutil.rmtree, folder)
        kept = folder / "cookies.json"
        cookies = [{"name": "user", "value": "ada", "domain": "127.0.0.1", "path": "/", "httpOnly": True, "secure": False,
                    "sameSite": "Lax", "expirationDate": 4_000_000_000}]
        kept.write_text(json.dumps(cookies))
        for _ in range(2):  # the second time with what the first has left
            with client.Session(cookie_file=kept) as session:
                session.execute(type="goto", url=self.shop.url("/order"))
                self.assertEqual(session.observe().metadata.title, "Order")
                [cookie] = session.get_cookies()
                self.assertEqual((cookie["name"], cookie["value"], cookie["httpOnly"], cookie["sameSite"]), ("user", "ada", True, "Lax"))
        with client.Session() as session:
            self.assertEqual(session.get_cookies(), [])
            self.assertIs(session.set_cookies(cookies=cookies).success, True)
            self.assertEqual(len(session.get_cookies()), 1)

    def test_devtools_clients_are_led_to_the_browser_and_its_tabs(self):
        session = self.order()
        session.execute(type="goto_new_tab", url=self.shop.url("/terms"))
        info = session.debug_info()
        self.assertEqual([(tab.metadata.tab_id, tab.metadata.title) for tab in info.tabs], [(0, "Order"), (1, "Terms")])
        self.assertEqual(session.cdp_url(), info.ws.cdp)
        self.assertTrue(info.ws.cdp.startswith("ws://127.0.0.1:"))

    def test_the_server_says_that_it_is_well(self):
        self.start().health_check()

    def test_the_asynchronous_client_does_the_same(self):
        self.start()

        async def order():
            async with AsyncNotteClient(api_key=self.telltale.token, server_url=self.telltale.url, max_retries=0) as client:
                async with client.Session() as session:
                    await session.execute(type="goto", url=self.shop.url("/terms"))
                    seen = await session.observe()
                    return seen.metadata.title, await session.scrape()

        title, markdown = asyncio.run(order())
        self.assertEqual(title, "Terms")
        self.assertIn("# Terms", markdown)

    def test_what_telltale_refuses_is_an_error_that_says_why(self):
        client = self.start("--max-sessions", "1")

        def refused(status, says, call):
            with self.assertRaises(NotteAPIError) as caught:
                call()
            self.assertEqual(caught.exception.status_code, status)
            self.assertRegex(caught.exception.error["message"], says)

        for name, value in {"proxies": True, "solve_captchas": True, "browser_type": "firefox", "web_bot_auth": True,
                            "use_file_storage": True, "extra_http_headers": {"a": "b"}}.items():
            refused(422, name, client.Session(**{name: value}).start)
        with client.Session() as session:
            refused(422, "language model", lambda: session.observe(perception_type="deep"))
            self.assertEqual(session.observe(instructions="read the terms"), [])
            refused(529, "sessions", client.Session().start)
        refused(404, "no session", lambda: client.Session("00000000-0000-4000-8000-000000000000"))
        stranger = NotteClient(api_key="wrong", server_url=self.telltale.url, max_retries=0)
        self.addCleanup(stranger.close)
        refused(401, "token", stranger.Session().start)


if __name__ == "__main__":
    unittest.main()
