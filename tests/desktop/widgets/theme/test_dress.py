def test_sheet_is_put_on_once_what_it_is_for_is_made(qapp: QApplication) -> None:
    look().wear(Appearance.DARK)
    worn = qapp.styleSheet()
    with look().late_sheet():
        assert qapp.styleSheet() == ""
    assert qapp.styleSheet() == worn
