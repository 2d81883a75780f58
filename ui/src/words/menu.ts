/** The words of the system's menu bar, as this system's own applications call them. Loaded where there is one. */
import type { MenuWords } from '../bridge/bridge';
import { m } from '../paraglide/messages';

export function menuWords(): MenuWords {
  return {
    about: m.about_title(),
    settings: `${m.settings_title()}…`,
    services: m.menu_services(),
    hide: m.menu_hide(),
    hide_others: m.menu_hide_others(),
    show_all: m.menu_show_all(),
    quit: m.menu_quit(),
    edit: m.menu_edit(),
    undo: m.menu_undo(),
    redo: m.menu_redo(),
    cut: m.menu_cut(),
    copy: m.menu_copy(),
    paste: m.menu_paste(),
    select_all: m.menu_select_all(),
    view: m.menu_view(),
    full_screen: m.shortcut_full_screen(),
    window: m.menu_window(),
    minimise: m.menu_minimise(),
    zoom: m.menu_zoom(),
    close: m.act_close(),
    help: m.menu_help(),
    shortcuts: m.shortcuts_title(),
  };
}
