from players.site import Site


def test_metrics_are_for_who_may_look(site: Site) -> None:
    assert site.client().get("/metrics", follow_redirects=False).status_code == 303
    answer = site.client("viewer").get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "\nopenworklist_records_stored 0\n" in answer.text
    assert 'openworklist_info{version="' in answer.text
