"""The official client from PyPI, unmodified: its browser part."""

import base64
import unittest

from telltale import Shop, Telltale, eventually, png_size  # before the client: it reads the environment

from instavm import InstaVM
from instavm.exceptions import (
    BrowserInteractionError,
    BrowserNavigationError,
    BrowserSessionError,
    BrowserTimeoutError,
    ElementNotFoundError,
)


def client_of(telltale):
    """A client that starts no session for code, which telltale does not run."""
    return InstaVM(api_key=telltale.token, base_url=telltale.url, auto_start_session=False)


class InstaVMTest(unittest.TestCase):
    def start(self, *options):
        self.shop = Shop(self)
        self.telltale = Telltale(self, *options)
        return client_of(self.telltale)

    def order(self):
        """A session on the order page."""
        client = self.start()
        session = client.browser.create_session(viewport_width=1000, viewport_height=700)
        session.navigate(self.shop.url("/"))
        session.fill("[name=user]", "ada")
        session.click("text=Log in")
        session.wait_for("visible", "#praise", timeout=10_000)
        return session

    def test_a_session_is_created_listed_looked_at_and_closed(self):
        client = self.start()
        session = client.browser.create_session(viewport_width=800, viewport_height=600, user_agent="tea/1")
        seen = client.get_browser_session(session.session_id)
        self.assertEqual(set(seen), {"session_id", "status", "viewport_width", "viewport_height", "user_agent", "created_at",
                                     "last_activity", "expires_at"})
        self.assertEqual((seen["session_id"], seen["status"]), (session.session_id, "active"))
        self.assertEqual((seen["viewport_width"], seen["viewport_height"], seen["user_agent"]), (800, 600, "tea/1"))
        other = client.browser.create_session()
        self.assertEqual({each["session_id"] for each in client.list_browser_sessions()}, {session.session_id, other.session_id})
        self.assertTrue(session.close())
        self.assertTrue(session.close())
        self.assertTrue(client.close_browser_session(session.session_id))
        self.assertEqual([each["session_id"] for each in client.list_browser_sessions()], [other.session_id])
        with other:
            self.assertTrue(other.navigate("about:blank")["success"])
        self.assertEqual(client.list_browser_sessions(), [])

    def test_the_browser_makes_its_own_session_when_it_is_given_none(self):
        client = self.start()
        browser = client.browser
        self.assertEqual(browser.navigate(self.shop.url("/"))["data"], {"url": self.shop.url("/"), "title": "Log in"})
        browser.fill("[name=user]", "ada")
        browser.type("[name=password]", "s3cret", delay=0)
        browser.click("button")
        browser.wait_for("visible", "#praise", timeout=10_000)
        self.assertEqual(browser.extract_elements("h1")[0]["text"], "Order tea")
        self.assertIn("best tea", browser.extract_content()["readable_content"]["content"])
        self.assertEqual(png_size(base64.b64decode(browser.screenshot(full_page=False))), (1920, 1080))
        self.assertEqual(len(client.list_browser_sessions()), 1)
        browser.close()
        self.assertEqual(client.list_browser_sessions(), [])
        self.assertEqual(self.shop.received, [("/login", {"user": "ada", "password": "s3cret"}, "")])

    def test_a_form_is_filled_and_sent(self):
        session = self.order()
        for answer in (
            session.fill("#name", "not Ada"),
            session.fill("#name", "Ada"),
            session.type("#code", "B-7ü?", delay=1),
            session.click("#gift"),
            session.click("#send"),
        ):
            self.assertIs(answer["success"], True)
            self.assertEqual(answer["session_id"], session.session_id)
            self.assertIsInstance(answer["execution_time"], float)
        session.wait_for("networkidle", timeout=10_000)
        eventually("the order", lambda: len(self.shop.received) == 2)
        self.assertEqual(self.shop.received[1], ("/order", {"name": "Ada", "code": "B-7ü?", "size": "s", "gift": "on"}, "user=ada"))

    def test_the_page_scrolls_to_a_place_or_to_an_element(self):
        session = self.order()
        # The client promises "those absolute coordinates".
        self.assertEqual(session.scroll(x=0, y=500)["data"]["y"], 500)
        self.assertEqual(session.scroll(x=0, y=200)["data"]["y"], 200)
        self.assertGreater(session.scroll(selector="#last")["data"]["y"], 3000)
        self.assertEqual(session.scroll(x=0, y=0)["data"]["y"], 0)
        with self.assertRaises(ValueError):
            session.scroll()
        with self.assertRaises(BrowserInteractionError):
            session.scroll(selector="#absent")

    def test_conditions_are_waited_for(self):
        session = self.order()
        session.wait_for("visible", "#later", timeout=10_000)
        session.wait_for("attached", "#off")
        session.wait_for("hidden", "#absent")
        session.wait_for("detached", "#absent")
        session.wait_for("load", timeout=10_000)
        session.wait_for("domcontentloaded")
        session.wait_for("timeout", timeout=1)
        for condition, selector in (("visible", "#absent"), ("hidden", "#send"), ("attached", "#absent"), ("detached", "#send")):
            with self.assertRaisesRegex(BrowserTimeoutError, condition):
                session.wait_for(condition, selector, timeout=100)
        with self.assertRaises(BrowserInteractionError):
            session.wait_for("tomorrow")
        with self.assertRaises(BrowserInteractionError):
            session.wait_for("visible")

    def test_pictures_have_the_size_and_format_that_was_asked_for(self):
        session = self.order()
        take = lambda **options: base64.b64decode(session.screenshot(**options), validate=True)  # noqa: E731
        self.assertEqual(png_size(take(full_page=False)), (1000, 700))
        width, height = png_size(take())
        self.assertGreater(height, 4000)
        self.assertEqual(png_size(take(clip={"x": 10, "y": 20, "width": 50, "height": 40})), (50, 40))
        self.assertEqual(take(format="jpeg", quality=50, full_page=False)[:2], b"\xff\xd8")
        self.assertEqual(take(format="webp", full_page=False)[8:12], b"WEBP")
        with self.assertRaises(BrowserInteractionError):
            session.screenshot(format="gif")

    def test_elements_and_content_are_extracted(self):
        session = self.order()
        button = session.extract_elements("#send", ["class", "id", "title"])
        self.assertEqual(button, [{"tag": "button", "id": "send", "text": "Send it", "class": "main", "title": None}])
        self.assertEqual(session.extract_elements("#absent"), [])
        self.assertLessEqual({"h1", "a", "input", "select", "button"}, {each["tag"] for each in session.extract_elements()})
        content = session.extract_content(max_anchors=3)
        self.assertEqual(content["url"], self.shop.url("/order"))
        readable = content["readable_content"]
        self.assertEqual(readable["title"], "Order")
        self.assertIn("The best tea that there is", readable["content"])
        self.assertNotIn("setTimeout", readable["content"])
        self.assertEqual(len(content["content_anchors"]), 3)
        # Anchors lead from a text to its element, as the client's example does.
        for anchor in content["content_anchors"]:
            self.assertIn(anchor["text"], session.extract_elements(anchor["selector"])[0]["text"])
        self.assertIn("#send", [each["selector"] for each in content["interactive_elements"]])
        bare = session.extract_content(include_interactive=False, include_anchors=False)
        self.assertFalse(bare.get("interactive_elements"))
        self.assertFalse(bare.get("content_anchors"))

    def test_an_element_that_is_not_there_is_said_to_be_so(self):
        session = self.order()
        for act in (lambda: session.click("#absent", timeout=100), lambda: session.type("#absent", "a", timeout=100),
                    lambda: session.fill("#absent", "a", timeout=100)):
            with self.assertRaisesRegex(ElementNotFoundError, "#absent"):
                act()
        with self.assertRaises(BrowserTimeoutError):
            session.click("#off", timeout=100)
        session.click("#off", force=True)
        with self.assertRaisesRegex(BrowserInteractionError, "422") as caught:
            session.click("##")
        self.assertNotIsInstance(caught.exception, ElementNotFoundError)

    def test_a_page_that_does_not_come_is_an_error_of_navigation(self):
        session = self.start().browser.create_session()
        with self.assertRaises(BrowserTimeoutError):
            session.navigate(self.shop.url("/never"), wait_timeout=200)
        with self.assertRaises(BrowserNavigationError):
            session.navigate("http://127.0.0.1:9/")
        with self.assertRaises(BrowserNavigationError):
            session.navigate("file:///etc/passwd")
        self.assertEqual(session.navigate(self.shop.url("/thanks"))["data"]["title"], "Thanks")

    def test_a_session_that_is_not_there_is_said_to_be_so(self):
        client = self.start()
        session = client.browser.create_session()
        session.close()
        for act in (lambda: session.navigate("about:blank"), session.extract_content,
                    lambda: client.get_browser_session(session.session_id), lambda: client.get_browser_session("nobody")):
            with self.assertRaisesRegex(BrowserSessionError, "not found or expired"):
                act()
        self.assertTrue(client.close_browser_session("nobody"))

    def test_too_many_sessions_and_a_wrong_key_are_refused(self):
        client = self.start("--max-sessions", "1")
        session = client.browser.create_session()
        # The client has QuotaExceededError for this, but turns each 429 into a RateLimitError and that into this one, with
        # what the server said.
        with self.assertRaisesRegex(BrowserSessionError, "sessions") as caught:
            client.browser.create_session()
        self.assertEqual(type(caught.exception.__context__).__name__, "RateLimitError")
        session.close()
        client.browser.create_session().close()
        stranger = InstaVM(api_key="wrong", base_url=self.telltale.url, auto_start_session=False)
        with self.assertRaisesRegex(BrowserSessionError, "Invalid API key"):
            stranger.browser.create_session()
        with self.assertRaisesRegex(BrowserSessionError, "Invalid API key"):
            stranger.list_browser_sessions()


if __name__ == "__main__":
    unittest.main()
