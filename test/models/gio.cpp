// RUN: %nostall-verify %s --checks=-*,nostall-blocking-call -- -std=c++20 -isystem /usr/include/glib-2.0 -isystem /usr/lib/x86_64-linux-gnu/glib-2.0/include -isystem /usr/lib/aarch64-linux-gnu/glib-2.0/include
// checks/models/gio.yaml against the headers of GIO: one call for every entry.
// ModelCoverageTest.cpp fails when an entry has none.
// needs: <glib-2.0/gio/gio.h>
#include <gio/gio.h>
#include <unistd.h>

static void on_done(GObject *, GAsyncResult *, gpointer) {
  sleep(1); // warning: call to 'sleep' blocks the event loop
}
static void in_thread(GTask *, gpointer, gpointer, GCancellable *) { sleep(2); }
static void on_activate(GApplication *, gpointer) {
  sleep(3); // warning: call to 'sleep' blocks the event loop
}
static void on_signal(GDBusConnection *, const gchar *, const gchar *, const gchar *, const gchar *, GVariant *, gpointer) {
  sleep(4); // warning: call to 'sleep' blocks the event loop
}
static void on_bus(GDBusConnection *, const gchar *, gpointer) {
  sleep(5); // warning: call to 'sleep' blocks the event loop
}

static void start(GFile *file, GInputStream *in, GOutputStream *out, GSocketClient *client, GSocketListener *listener,
                  GSubprocess *child, GResolver *resolver, GDBusConnection *bus, GDBusProxy *proxy, GApplication *app) {
  GTask *task = g_task_new(nullptr, nullptr, on_done, nullptr);
  g_task_run_in_thread(task, in_thread);
  g_signal_connect(app, "activate", G_CALLBACK(on_activate), nullptr);
  g_signal_connect_object(app, "activate", G_CALLBACK(on_activate), app, G_CONNECT_DEFAULT);
  g_dbus_connection_signal_subscribe(bus, "", "", "", "", "", G_DBUS_SIGNAL_FLAGS_NONE, on_signal, nullptr, nullptr);
  g_dbus_connection_call(bus, "", "", "", "", nullptr, nullptr, G_DBUS_CALL_FLAGS_NONE, -1, nullptr, on_done, nullptr);
  g_dbus_proxy_new(bus, G_DBUS_PROXY_FLAGS_NONE, nullptr, "", "", "", nullptr, on_done, nullptr);
  g_dbus_proxy_new_for_bus(G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE, nullptr, "", "", "", nullptr, on_done, nullptr);
  g_dbus_proxy_call(proxy, "", nullptr, G_DBUS_CALL_FLAGS_NONE, -1, nullptr, on_done, nullptr);
  g_bus_get(G_BUS_TYPE_SESSION, nullptr, on_done, nullptr);
  g_bus_own_name(G_BUS_TYPE_SESSION, "", G_BUS_NAME_OWNER_FLAGS_NONE, on_bus, nullptr, nullptr, nullptr, nullptr);
  g_bus_watch_name(G_BUS_TYPE_SESSION, "", G_BUS_NAME_WATCHER_FLAGS_NONE, nullptr, on_bus, nullptr, nullptr);
  g_file_load_contents_async(file, nullptr, on_done, nullptr);
  g_file_replace_contents_async(file, "", 0, nullptr, FALSE, G_FILE_CREATE_NONE, nullptr, on_done, nullptr);
  g_file_read_async(file, 0, nullptr, on_done, nullptr);
  g_file_create_async(file, G_FILE_CREATE_NONE, 0, nullptr, on_done, nullptr);
  g_file_replace_async(file, nullptr, FALSE, G_FILE_CREATE_NONE, 0, nullptr, on_done, nullptr);
  g_file_append_to_async(file, G_FILE_CREATE_NONE, 0, nullptr, on_done, nullptr);
  g_file_open_readwrite_async(file, 0, nullptr, on_done, nullptr);
  g_file_delete_async(file, 0, nullptr, on_done, nullptr);
  g_file_trash_async(file, 0, nullptr, on_done, nullptr);
  g_file_copy_async(file, file, G_FILE_COPY_NONE, 0, nullptr, nullptr, nullptr, on_done, nullptr);
  g_file_move_async(file, file, G_FILE_COPY_NONE, 0, nullptr, nullptr, nullptr, on_done, nullptr);
  g_file_make_directory_async(file, 0, nullptr, on_done, nullptr);
  g_file_enumerate_children_async(file, "*", G_FILE_QUERY_INFO_NONE, 0, nullptr, on_done, nullptr);
  g_file_query_info_async(file, "*", G_FILE_QUERY_INFO_NONE, 0, nullptr, on_done, nullptr);
  g_file_query_filesystem_info_async(file, "*", 0, nullptr, on_done, nullptr);
  g_input_stream_read_async(in, nullptr, 0, 0, nullptr, on_done, nullptr);
  g_input_stream_read_all_async(in, nullptr, 0, 0, nullptr, on_done, nullptr);
  g_input_stream_read_bytes_async(in, 1, 0, nullptr, on_done, nullptr);
  g_input_stream_skip_async(in, 1, 0, nullptr, on_done, nullptr);
  g_input_stream_close_async(in, 0, nullptr, on_done, nullptr);
  g_output_stream_write_async(out, nullptr, 0, 0, nullptr, on_done, nullptr);
  g_output_stream_write_all_async(out, nullptr, 0, 0, nullptr, on_done, nullptr);
  g_output_stream_write_bytes_async(out, nullptr, 0, nullptr, on_done, nullptr);
  g_output_stream_splice_async(out, in, G_OUTPUT_STREAM_SPLICE_NONE, 0, nullptr, on_done, nullptr);
  g_output_stream_flush_async(out, 0, nullptr, on_done, nullptr);
  g_output_stream_close_async(out, 0, nullptr, on_done, nullptr);
  g_socket_client_connect_async(client, nullptr, nullptr, on_done, nullptr);
  g_socket_client_connect_to_host_async(client, "a", 1, nullptr, on_done, nullptr);
  g_socket_client_connect_to_service_async(client, "a", "b", nullptr, on_done, nullptr);
  g_socket_client_connect_to_uri_async(client, "a", 1, nullptr, on_done, nullptr);
  g_socket_listener_accept_async(listener, nullptr, on_done, nullptr);
  g_subprocess_wait_async(child, nullptr, on_done, nullptr);
  g_subprocess_wait_check_async(child, nullptr, on_done, nullptr);
  g_subprocess_communicate_async(child, nullptr, nullptr, on_done, nullptr);
  g_subprocess_communicate_utf8_async(child, nullptr, nullptr, on_done, nullptr);
  g_resolver_lookup_by_name_async(resolver, "a", nullptr, on_done, nullptr);
  g_resolver_lookup_by_address_async(resolver, nullptr, nullptr, on_done, nullptr);
  g_resolver_lookup_service_async(resolver, "a", "b", "c", nullptr, on_done, nullptr);
}

struct Everything {
  GFile *file;
  GFileEnumerator *entries;
  GInputStream *in;
  GDataInputStream *lines;
  GOutputStream *out;
  GSocketClient *client;
  GSocketConnectable *to;
  GSocketListener *listener;
  GSubprocess *child;
  GResolver *resolver;
  GInetAddress *address;
  GDBusConnection *bus;
  GKeyFile *keys;
  GMutex mutex;
  GCond cond;
};
static gboolean waits(gpointer data) {
  auto &e = *static_cast<Everything *>(data);
  g_bus_get_sync(G_BUS_TYPE_SESSION, nullptr, nullptr); // warning: (net-io)
  g_dbus_connection_call_sync(e.bus, "", "", "", "", nullptr, nullptr, G_DBUS_CALL_FLAGS_NONE, -1, nullptr, nullptr); // warning: (net-io)
  g_dbus_connection_new_for_address_sync("a", G_DBUS_CONNECTION_FLAGS_NONE, nullptr, nullptr, nullptr); // warning: (net-io)
  g_dbus_connection_flush_sync(e.bus, nullptr, nullptr); // warning: (net-io)
  g_dbus_proxy_new_sync(e.bus, G_DBUS_PROXY_FLAGS_NONE, nullptr, "", "", "", nullptr, nullptr); // warning: (net-io)
  g_dbus_proxy_new_for_bus_sync(G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE, nullptr, "", "", "", nullptr, nullptr); // warning: (net-io)
  g_dbus_proxy_call_sync(nullptr, "", nullptr, G_DBUS_CALL_FLAGS_NONE, -1, nullptr, nullptr); // warning: (net-io)
  g_file_load_contents(e.file, nullptr, nullptr, nullptr, nullptr, nullptr); // warning: (file-io)
  g_file_replace_contents(e.file, "", 0, nullptr, FALSE, G_FILE_CREATE_NONE, nullptr, nullptr, nullptr); // warning: (file-io)
  g_file_query_exists(e.file, nullptr); // warning: (file-io)
  g_file_query_info(e.file, "*", G_FILE_QUERY_INFO_NONE, nullptr, nullptr); // warning: (file-io)
  g_file_read(e.file, nullptr, nullptr); // warning: (file-io)
  g_file_create(e.file, G_FILE_CREATE_NONE, nullptr, nullptr); // warning: (file-io)
  g_file_replace(e.file, nullptr, FALSE, G_FILE_CREATE_NONE, nullptr, nullptr); // warning: (file-io)
  g_file_append_to(e.file, G_FILE_CREATE_NONE, nullptr, nullptr); // warning: (file-io)
  g_file_open_readwrite(e.file, nullptr, nullptr); // warning: (file-io)
  g_file_delete(e.file, nullptr, nullptr); // warning: (file-io)
  g_file_trash(e.file, nullptr, nullptr); // warning: (file-io)
  g_file_copy(e.file, e.file, G_FILE_COPY_NONE, nullptr, nullptr, nullptr, nullptr); // warning: (file-io)
  g_file_move(e.file, e.file, G_FILE_COPY_NONE, nullptr, nullptr, nullptr, nullptr); // warning: (file-io)
  g_file_make_directory(e.file, nullptr, nullptr); // warning: (file-io)
  g_file_make_directory_with_parents(e.file, nullptr, nullptr); // warning: (file-io)
  g_file_make_symbolic_link(e.file, "a", nullptr, nullptr); // warning: (file-io)
  g_file_enumerate_children(e.file, "*", G_FILE_QUERY_INFO_NONE, nullptr, nullptr); // warning: (file-io)
  g_file_query_filesystem_info(e.file, "*", nullptr, nullptr); // warning: (file-io)
  g_file_enumerator_next_file(e.entries, nullptr, nullptr); // warning: (file-io)
  g_input_stream_read(e.in, nullptr, 0, nullptr, nullptr); // warning: (file-io)
  g_input_stream_read_all(e.in, nullptr, 0, nullptr, nullptr, nullptr); // warning: (file-io)
  g_input_stream_read_bytes(e.in, 1, nullptr, nullptr); // warning: (file-io)
  g_input_stream_skip(e.in, 1, nullptr, nullptr); // warning: (file-io)
  g_output_stream_write(e.out, nullptr, 0, nullptr, nullptr); // warning: (file-io)
  g_output_stream_write_all(e.out, nullptr, 0, nullptr, nullptr, nullptr); // warning: (file-io)
  g_output_stream_write_bytes(e.out, nullptr, nullptr, nullptr); // warning: (file-io)
  g_output_stream_splice(e.out, e.in, G_OUTPUT_STREAM_SPLICE_NONE, nullptr, nullptr); // warning: (file-io)
  g_output_stream_flush(e.out, nullptr, nullptr); // warning: (file-io)
  g_data_input_stream_read_line(e.lines, nullptr, nullptr, nullptr); // warning: (file-io)
  g_dir_open("a", 0, nullptr); // warning: (file-io)
  g_mkdir_with_parents("a", 0755); // warning: (file-io)
  g_key_file_load_from_file(e.keys, "a", G_KEY_FILE_NONE, nullptr); // warning: (file-io)
  g_key_file_save_to_file(e.keys, "a", nullptr); // warning: (file-io)
  g_mapped_file_new("a", FALSE, nullptr); // warning: (file-io)
  g_socket_client_connect(e.client, e.to, nullptr, nullptr); // warning: (net-io)
  g_socket_client_connect_to_host(e.client, "a", 1, nullptr, nullptr); // warning: (net-io)
  g_socket_client_connect_to_service(e.client, "a", "b", nullptr, nullptr); // warning: (net-io)
  g_socket_client_connect_to_uri(e.client, "a", 1, nullptr, nullptr); // warning: (net-io)
  g_socket_listener_accept(e.listener, nullptr, nullptr, nullptr); // warning: (net-io)
  g_resolver_lookup_by_name(e.resolver, "a", nullptr, nullptr); // warning: (dns)
  g_resolver_lookup_by_address(e.resolver, e.address, nullptr, nullptr); // warning: (dns)
  g_resolver_lookup_service(e.resolver, "a", "b", "c", nullptr, nullptr); // warning: (dns)
  g_subprocess_wait(e.child, nullptr, nullptr); // warning: (process)
  g_subprocess_wait_check(e.child, nullptr, nullptr); // warning: (process)
  g_subprocess_communicate(e.child, nullptr, nullptr, nullptr, nullptr, nullptr); // warning: (process)
  g_subprocess_communicate_utf8(e.child, nullptr, nullptr, nullptr, nullptr, nullptr); // warning: (process)
  g_cond_wait(&e.cond, &e.mutex); // warning: (wait)
  g_cond_wait_until(&e.cond, &e.mutex, 1); // warning: (wait)
  g_file_get_path(e.file);
  return G_SOURCE_REMOVE;
}
void run(Everything *e) { g_idle_add(waits, e); }
