/** Where the facts of the entries stand. */
export const IP_SYSCTL = "https://docs.kernel.org/networking/ip-sysctl.html";
export const NET_SYSCTL = "https://docs.kernel.org/admin-guide/sysctl/net.html";
export const FS_SYSCTL = "https://docs.kernel.org/admin-guide/sysctl/fs.html";
export const VM_SYSCTL = "https://docs.kernel.org/admin-guide/sysctl/vm.html";
export const KERNEL_SYSCTL = "https://docs.kernel.org/admin-guide/sysctl/kernel.html";
export const CONNTRACK_SYSCTL = "https://docs.kernel.org/networking/nf_conntrack-sysctl.html";
export const LIMITS_CONF = "limits.conf(5)";
export const SYSTEMD_EXEC = "systemd.exec(5), LimitNOFILE=";
export const NGINX_CORE = "https://nginx.org/en/docs/ngx_core_module.html";
export const NGINX_HTTP = "https://nginx.org/en/docs/http/ngx_http_core_module.html";
export const NGINX_UPSTREAM = "https://nginx.org/en/docs/http/ngx_http_upstream_module.html";
export const NGINX_PROXY = "https://nginx.org/en/docs/http/ngx_http_proxy_module.html";
export const NGINX_LOG = "https://nginx.org/en/docs/http/ngx_http_log_module.html";
export const NGINX_LIMIT_CONN = "https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html";
export const NGINX_LIMIT_REQ = "https://nginx.org/en/docs/http/ngx_http_limit_req_module.html";
export const GUNICORN = "https://docs.gunicorn.org/en/stable/settings.html";
export const ARTICLE = "the article's figure";
