/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_ERROR_H
#define SF_CORE_BASE_ERROR_H

/* One list of codes: name, English text, Chinese text. */
#define SF_CODES(X)                                                                                                    \
  X (SF_OK, "no error", "没有错误")                                                                                    \
  X (SF_EINVAL, "invalid argument", "参数无效")                                                                        \
  X (SF_ENOMEM, "out of memory", "内存不足")                                                                           \
  X (SF_EIO, "input or output failed", "读写失败")                                                                     \
  X (SF_EFORMAT, "malformed input", "输入格式错误")                                                                    \
  X (SF_ENOTFOUND, "not found", "未找到")                                                                              \
  X (SF_ERANGE, "value out of range", "数值超出范围")                                                                  \
  X (SF_ETYPE, "wrong type", "类型不符")                                                                               \
  X (SF_ECONFLICT, "conflicting definitions", "定义冲突")                                                              \
  X (SF_EPLUGIN, "plugin refused", "插件被拒绝")                                                                       \
  X (SF_ECANCELLED, "cancelled", "已取消")                                                                             \
  X (SF_EUNSUPPORTED, "not supported", "不支持")                                                                      \
  X (SF_EBUSY, "busy, try again later", "繁忙，请稍后重试")                                                            \
  X (SF_EFULL, "no space left", "空间已满")

enum sf_code
{
#define SF_CODE_ENUM(name, en, zh) name,
  SF_CODES (SF_CODE_ENUM)
#undef SF_CODE_ENUM
};

/* An error as a value. It lives on the caller's stack; message is UTF-8, cut at a whole character. */
struct sf_error
{
  enum sf_code code;
  char message[512];
};

/* Fill err (which may be NULL) and return code, so that a caller can write `return sf_fail (...)`. */
enum sf_code sf_fail (struct sf_error *err, enum sf_code code, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* Put "prefix: " before the message that err holds and return its code; err may be NULL, then code is returned. */
enum sf_code sf_error_prefix (struct sf_error *err, enum sf_code code, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* Static analyzers do not see that these return the code they are given; with it in sight they know a failure from SF_OK. */
#if defined(__clang_analyzer__) || defined(SF_ANALYZE)
#define sf_fail(err, code, ...) ((sf_fail) ((err), (code), __VA_ARGS__), (enum sf_code) (code))
#define sf_error_prefix(err, code, ...) ((sf_error_prefix) ((err), (code), __VA_ARGS__), (enum sf_code) (code))
#endif

/* The symbol of a code ("SF_EFORMAT"), and its text in English or, with zh non-zero, Chinese. Static strings. */
const char *sf_code_name (enum sf_code code);
const char *sf_code_text (enum sf_code code, int zh);

/* Return from the calling function when expr is not SF_OK. */
#define SF_TRY(expr)                                                                                                   \
  do                                                                                                                   \
    {                                                                                                                  \
      enum sf_code sf_try_code_ = (expr);                                                                              \
      if (sf_try_code_ != SF_OK)                                                                                       \
        return sf_try_code_;                                                                                           \
    }                                                                                                                  \
  while (0)

#endif
