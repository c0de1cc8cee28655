/**
 * Types of the HTTP API: made by `npm run generate:api` of its own description (GET /api/v1/openapi.json).
 * Do not edit: change the schemas in src/api/schemas/ and make it anew.
 */

export interface paths {
    readonly "/api/v1/auth/login": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Begin a session */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly username: string;
                        readonly password: string;
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["LoginAnswer"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/refresh": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Another access token, by the cookie of the session */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["LoginAnswer"];
                    };
                };
                /** @description there is no cookie: nobody is logged in here */
                readonly 204: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/logout": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End the session at once */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** @enum {boolean} */
                            readonly ok: true;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/me": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who asks */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["SessionUser"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/auth/password": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Set the own password; other sessions of the user end */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly current_password: string;
                        readonly new_password: string;
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** @enum {boolean} */
                            readonly ok: true;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Who may log in */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["UserView"][];
                            readonly next_cursor: null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Add a user */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly username: string;
                        /**
                         * @description one of viewer, operator, admin
                         * @default viewer
                         */
                        readonly role?: string;
                        /** @description absent: one is made, and answered once */
                        readonly password?: string | null;
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["UserChange"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users/{username}/password": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Set the password of a user, whose sessions end */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly username: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description absent: one is made, and answered once */
                        readonly password?: string | null;
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["UserChange"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/users/{username}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Remove a user, whose sessions end */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly username: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly username: string;
                            /** @enum {boolean} */
                            readonly removed: true;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Health of the control plane, computed each second */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Health"];
                    };
                };
                /** @description Default Response */
                readonly 503: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Health"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether it has started and is not ending */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly ready: boolean;
                        };
                    };
                };
                /** @description Default Response */
                readonly 503: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly ready: boolean;
                        };
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/version": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Which program this is */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Version"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** All instances, and the market that feeds them */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["InstanceList"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        /** A new instance: a file in config/active/ made of a template */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly template: string;
                        readonly id: string;
                        /** @description whom the new version names */
                        readonly author?: string;
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["CreatedConfig"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One instance */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Instance"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/start": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Start it */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/restart": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End its process and start it */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/pause": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Cancel what could raise the position and place no more of it */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/resume": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End a pause */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/arm": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Leave killed or disarmed */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/disarm": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Raise no risk until it is armed */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/close": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Flatten it and prove it by the venue’s own report */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/kill": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Stop entries, cancel, flatten, and stay killed until it is armed */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/stop": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End it, when its orders are settled */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /**
                         * @default cancel
                         * @enum {string}
                         */
                        readonly orders?: "cancel" | "keep";
                        /**
                         * @default keep
                         * @enum {string}
                         */
                        readonly positions?: "keep" | "close";
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/grid": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What the bot says of itself: lines, orders with reasons, books */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["BotStatus"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/grid/preview": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Its grid on the present price */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["GridPreview"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/grid/adjust": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Move its grid: only the difference of orders is sent */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description a number or decimal text */
                        readonly grid_lower_price?: string | number;
                        /** @description a number or decimal text */
                        readonly grid_upper_price?: string | number;
                        /** @description lines */
                        readonly grid_num?: number | string;
                        /** @description tell the difference and change nothing */
                        readonly dry_run?: boolean;
                        /** @description do not write the range to the file */
                        readonly temporary?: boolean;
                        readonly author?: string;
                    } & {
                        readonly [key: string]: unknown;
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["GridAdjustment"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/logs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A piece of its log */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description bot (default) or daemon */
                    readonly stream?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description what lies before the `older` of an answer */
                    readonly before?: string;
                    /** @description what was added behind the `newer` of an answer */
                    readonly after?: string;
                };
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["LogPage"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/config/validate": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Every fault of every file */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Validation"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/config/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The text of a file, or of one of its versions; secrets masked */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly version?: string;
                };
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ShownConfig"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/config/{id}/effective": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Everything that holds, defaults filled in */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly id: string;
                        } & {
                            readonly [key: string]: unknown;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/config/{id}/versions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Versions of a file, the oldest first */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["ConfigVersion"][];
                            readonly next_cursor: null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/config/{id}/diff": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What differs between two versions; without b: the file as it is now */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly a?: string;
                    readonly b?: string;
                };
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly id: string;
                            /** @description as of diff -u */
                            readonly lines: readonly string[];
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/config/{id}/rollback": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Bring an earlier version back as a new one */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        readonly version: unknown;
                        /** @description whom the new version names */
                        readonly author?: string;
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["WrittenConfig"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/config/{id}/archive": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Move the file of an instance that does not run to config/archived/ */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @description whom the new version names */
                        readonly author?: string;
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly id: string;
                            readonly file: string;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/orders": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Orders, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Order"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/fills": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Executions, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Fill"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/positions": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What each instance holds */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Position"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/balances": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What each account holds */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Balance"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/trades": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Closed round trips, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Trade"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/alerts": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Alerts that hold, and the last that ended */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** @description those that hold, then those that ended, the latest first */
                            readonly items: readonly components["schemas"]["Alert"][];
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/notifications/{channel}/test": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Send a test to a receiver and wait for its answer */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    /** @description e.g. telegram */
                    readonly channel: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly channel: string;
                            /** @enum {boolean} */
                            readonly sent: true;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/candles": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Candles of the contract of an instance, up to the market time */
        readonly get: {
            readonly parameters: {
                readonly query: {
                    readonly instance: string;
                    readonly timeframe?: "1m" | "5m" | "15m" | "1h" | "4h" | "1d";
                    /** @description how many at most, 500 when not given, up to 1500 */
                    readonly limit?: string;
                    /** @description ISO 8601, market time; only what opened earlier */
                    readonly before?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["CandlePage"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/reasons": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Orders that are wanted and do not rest, each with its reason */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Reason"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/journal": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Its numbered events, as the journal of its desk has them, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["JournalEvent"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/orders/active": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Orders whose end is not known yet, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Order"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/funding": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Settlements of funding, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Funding"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/account": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The same as /api/v1/balances */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Balance"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/account/balance": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The same as /api/v1/balances */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Balance"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/exchanges": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The venues on which instances of this home trade */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Exchange"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/exchanges/{name}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One venue */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly name: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Exchange"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/websocket/status": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The connection of each account to its venue */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Connection"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/arbitrage/opportunities": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Differences between venues that pay after all costs now, the largest edge first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description one of the venues */
                    readonly exchange?: string;
                    /** @description e.g. BTC */
                    readonly base?: string;
                    /** @description how many at most, 1000 when not given */
                    readonly limit?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["Opportunity"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/arbitrage/pairs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every pair that is compared, and why it is no opportunity */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description one of the venues */
                    readonly exchange?: string;
                    /** @description e.g. BTC */
                    readonly base?: string;
                    /** @description how many at most, 1000 when not given */
                    readonly limit?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["ComparedPair"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                            /** @description venues that do not tell their contracts, so that they are not compared */
                            readonly unreachable: readonly {
                                readonly exchange: string;
                                readonly text: string;
                            }[];
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/arbitrage/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The last opportunities from their beginning to their end, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description one of the venues */
                    readonly exchange?: string;
                    /** @description e.g. BTC */
                    readonly base?: string;
                    /** @description how many at most, 1000 when not given */
                    readonly limit?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["OpportunityHistory"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/arbitrage/funding": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Funding of every contract that is compared, by the second and by the day */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description one of the venues */
                    readonly exchange?: string;
                    /** @description e.g. BTC */
                    readonly base?: string;
                    /** @description how many at most, 1000 when not given */
                    readonly limit?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["ComparedFunding"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/arbitrage/executed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Opportunities that instances of two legs took, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    readonly instance?: string;
                    readonly venue?: string;
                    /** @description the same as venue */
                    readonly exchange?: string;
                    /** @description ISO 8601 */
                    readonly since?: string;
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly items: readonly components["schemas"]["ExecutedOpportunity"][];
                            /** @description null: there is no more */
                            readonly next_cursor: string | null;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/equity": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What the whole fleet is and was worth */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description how far back; 24h when neither it nor since is given */
                    readonly span?: "1h" | "24h" | "7d" | "30d" | "all";
                    /** @description ISO 8601, wall time; only what is newer */
                    readonly since?: string;
                    /** @description points at most, 500 when not given, up to 1000 */
                    readonly limit?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["EquityCurve"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/instances/{id}/equity": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What an instance is and was worth */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description how far back; 24h when neither it nor since is given */
                    readonly span?: "1h" | "24h" | "7d" | "30d" | "all";
                    /** @description ISO 8601, wall time; only what is newer */
                    readonly since?: string;
                    /** @description points at most, 500 when not given, up to 1000 */
                    readonly limit?: string;
                };
                readonly header?: never;
                readonly path: {
                    /** @description of the instance */
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["EquityCurve"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/strategies": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The strategies that ship */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["StrategyList"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/strategies/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One strategy with its parameters */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Strategy"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/data": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What is recorded here */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["DataSetList"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/backtest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Backtests, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                    readonly kind?: "backtest" | "optimize" | "walk_forward" | "compare";
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["JobList"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        /** Test an instance or a strategy on recorded data */
        readonly post: {
            readonly parameters: {
                readonly query?: {
                    /** @description 1: answer when it has ended, after 100 s at the latest */
                    readonly wait?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["BacktestOrderInput"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/optimize": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Look for the best parameters */
        readonly post: {
            readonly parameters: {
                readonly query?: {
                    /** @description 1: answer when it has ended, after 100 s at the latest */
                    readonly wait?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["OptimizeOrderInput"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/walk-forward": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Choose on one part and test on the next, again and again */
        readonly post: {
            readonly parameters: {
                readonly query?: {
                    /** @description 1: answer when it has ended, after 100 s at the latest */
                    readonly wait?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["WalkForwardOrderInput"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/compare": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Put backtests side by side */
        readonly post: {
            readonly parameters: {
                readonly query?: {
                    /** @description 1: answer when it has ended, after 100 s at the latest */
                    readonly wait?: string;
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": components["schemas"]["CompareOrderInput"];
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/jobs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Jobs of the lab, the newest first */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description how many at most; 50 when not given */
                    readonly limit?: string;
                    /** @description next_cursor of the answer before */
                    readonly cursor?: string;
                    readonly kind?: "backtest" | "optimize" | "walk_forward" | "compare";
                };
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["JobList"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/jobs/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One job */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        /** Forget a job that has ended, with its report */
        readonly delete: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/backtest/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** One job */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/jobs/{id}/cancel": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End a job */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/jobs/{id}/retry": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** The same once more, as a job of its own */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Job"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/backtest/{id}/report/ticket": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** An address that opens the report once in a browser */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ReportTicket"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/backtest/{id}/report": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The report as a page */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description of POST …/report/ticket, for a browser that sends no header */
                    readonly ticket?: string;
                };
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/jobs/{id}/report/ticket": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** An address that opens the report once in a browser */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["ReportTicket"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/jobs/{id}/report": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The report as a page */
        readonly get: {
            readonly parameters: {
                readonly query?: {
                    /** @description of POST …/report/ticket, for a browser that sends no header */
                    readonly ticket?: string;
                };
                readonly header?: never;
                readonly path: {
                    readonly id: string;
                };
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Metrics of the whole fleet in the text format of Prometheus */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description text/plain; version=0.0.4 */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": string;
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Metrics of the whole fleet in the text format of Prometheus, as /metrics */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description text/plain; version=0.0.4 */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": string;
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/detailed": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Health with every process, instance and connection */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["HealthDetails"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/workers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Workers of jobs */
        readonly get: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["HealthWorkers"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/trading/pause": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Pause every instance that should run */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FleetActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/trading/resume": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Resume every instance that is not stopped */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FleetActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/trading/kill": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Kill every instance that its desk knows: cancel, flatten, and stay killed */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FleetActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/trading/arm": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Arm every instance that is killed or disarmed */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FleetActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/positions/close-all": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Flatten every instance that its desk knows, proved by the venue’s own report */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["FleetActionResult"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/cleanup": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** Take away what processes that are gone have left */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            readonly rows: number;
                            readonly pid_files: number;
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/shutdown": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** End the control plane; with stop_bots everything, orders cancelled */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody: {
                readonly content: {
                    readonly "application/json": {
                        /** @default false */
                        readonly stop_bots?: boolean;
                        /**
                         * @description answer when everything has stopped
                         * @default false
                         */
                        readonly wait?: boolean;
                    };
                };
            };
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": {
                            /** @enum {boolean} */
                            readonly ok: true;
                            readonly stop_bots: boolean;
                            /** @description what has not stopped */
                            readonly left?: readonly string[];
                        };
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v1/stream/ticket": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly get?: never;
        readonly put?: never;
        /** A ticket that opens the live stream once */
        readonly post: {
            readonly parameters: {
                readonly query?: never;
                readonly header?: never;
                readonly path?: never;
                readonly cookie?: never;
            };
            readonly requestBody?: never;
            readonly responses: {
                /** @description Default Response */
                readonly 200: {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["StreamTicket"];
                    };
                };
                /** @description Default Response */
                readonly "4XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
                /** @description Default Response */
                readonly "5XX": {
                    headers: {
                        readonly [name: string]: unknown;
                    };
                    content: {
                        readonly "application/json": components["schemas"]["Refusal"];
                    };
                };
            };
        };
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly BacktestOrderInput: {
            /** @description an instance of this home; or name a strategy */
            readonly instance?: string;
            /** @description a shipped strategy, e.g. dual_ma */
            readonly strategy?: string;
            readonly data: string;
            /** @description ISO 8601; the beginning of the data when not given */
            readonly from?: string;
            /** @description ISO 8601, not included; the end of the data when not given */
            readonly to?: string;
            /** @description a number or decimal text */
            readonly capital?: string | number;
            /** @description keys of the strategy; others with their section, e.g. exchange_config.leverage */
            readonly parameters?: {
                readonly [key: string]: string | number | boolean;
            };
            /** @enum {string} */
            readonly fill_rule?: "through" | "touch";
            /**
             * @description way within a candle
             * @enum {string}
             */
            readonly path?: "by_direction" | "adverse";
            /** @description false: daily loss, drawdown, losses in a row and use of the capital end no entries */
            readonly limits?: boolean;
        };
        readonly OptimizeOrderInput: {
            /** @description an instance of this home; or name a strategy */
            readonly instance?: string;
            /** @description a shipped strategy, e.g. dual_ma */
            readonly strategy?: string;
            readonly data: string;
            /** @description ISO 8601; the beginning of the data when not given */
            readonly from?: string;
            /** @description ISO 8601, not included; the end of the data when not given */
            readonly to?: string;
            /** @description a number or decimal text */
            readonly capital?: string | number;
            /** @description keys of the strategy; others with their section, e.g. exchange_config.leverage */
            readonly parameters?: {
                readonly [key: string]: string | number | boolean;
            };
            /** @enum {string} */
            readonly fill_rule?: "through" | "touch";
            /**
             * @description way within a candle
             * @enum {string}
             */
            readonly path?: "by_direction" | "adverse";
            /** @description false: daily loss, drawdown, losses in a row and use of the capital end no entries */
            readonly limits?: boolean;
            /** @description what is varied: 10..50:5, 10..50, 0.1..10:log or a,b,c by key */
            readonly space: {
                readonly [key: string]: string;
            };
            /** @description e.g. sharpe; several: a Pareto front */
            readonly objectives?: readonly string[];
            /** @description e.g. maxDrawdown<0.2 */
            readonly constraints?: readonly string[];
            /** @enum {string} */
            readonly sampler?: "grid" | "random" | "tpe";
            readonly trials?: number;
            readonly seed?: number;
            /** @description share of the window that the search sees */
            readonly split?: string | number;
        };
        readonly WalkForwardOrderInput: {
            /** @description an instance of this home; or name a strategy */
            readonly instance?: string;
            /** @description a shipped strategy, e.g. dual_ma */
            readonly strategy?: string;
            readonly data: string;
            /** @description ISO 8601; the beginning of the data when not given */
            readonly from?: string;
            /** @description ISO 8601, not included; the end of the data when not given */
            readonly to?: string;
            /** @description a number or decimal text */
            readonly capital?: string | number;
            /** @description keys of the strategy; others with their section, e.g. exchange_config.leverage */
            readonly parameters?: {
                readonly [key: string]: string | number | boolean;
            };
            /** @enum {string} */
            readonly fill_rule?: "through" | "touch";
            /**
             * @description way within a candle
             * @enum {string}
             */
            readonly path?: "by_direction" | "adverse";
            /** @description false: daily loss, drawdown, losses in a row and use of the capital end no entries */
            readonly limits?: boolean;
            /** @description what is varied: 10..50:5, 10..50, 0.1..10:log or a,b,c by key */
            readonly space: {
                readonly [key: string]: string;
            };
            /** @description e.g. sharpe; several: a Pareto front */
            readonly objectives?: readonly string[];
            /** @description e.g. maxDrawdown<0.2 */
            readonly constraints?: readonly string[];
            /** @enum {string} */
            readonly sampler?: "grid" | "random" | "tpe";
            readonly trials?: number;
            readonly seed?: number;
            /** @description e.g. 90d */
            readonly in_sample?: string;
            /** @description e.g. 30d */
            readonly out_of_sample?: string;
            /** @description every part begins with the data */
            readonly anchored?: boolean;
        };
        readonly CompareOrderInput: {
            /** @description ids of backtests */
            readonly jobs: readonly string[];
        };
        readonly Refusal: {
            readonly error: {
                /** @description e.g. NOT_FOUND, CONFLICT, REFUSED_RISK, VALIDATION */
                readonly code: string;
                /** @description one sentence */
                readonly message: string;
                readonly details: unknown;
                readonly request_id: string;
            };
        };
        readonly SessionUser: {
            readonly username: string;
            /** @enum {string} */
            readonly role: "viewer" | "operator" | "admin" | "machine";
        };
        readonly LoginAnswer: {
            readonly access_token: string;
            /** @constant */
            readonly token_type: "Bearer";
            /** @description s */
            readonly expires_in: number;
            readonly user: components["schemas"]["SessionUser"];
        };
        readonly UserView: {
            readonly username: string;
            /** @enum {string} */
            readonly role: "viewer" | "operator" | "admin" | "machine";
            readonly created_at: string;
            /** @description when the password was set last */
            readonly password_at: string;
        };
        readonly UserChange: {
            readonly username: string;
            /** @enum {string} */
            readonly role: "viewer" | "operator" | "admin" | "machine";
            /** @description the one that was made; null: it was given */
            readonly password: string | null;
        };
        /** @enum {string} */
        readonly InstanceState: "starting" | "reconciling" | "running" | "paused" | "reduce_only" | "halted" | "killed" | "disarmed" | "stopping" | "stopped" | "restarting" | "quarantined" | "unreachable" | "foreign";
        /** @enum {string} */
        readonly DesiredState: "running" | "paused" | "stopped";
        readonly Feed: {
            /** @description demo or replay:SET */
            readonly feed: string;
            /** @description for people: demo market ×60, seed 7 */
            readonly label: string;
            readonly speed: number;
            /** @enum {string} */
            readonly pace: "free" | "lockstep";
            readonly market_time: string | null;
            readonly state: string | null;
            /** @description why the market stands still, or for whom it is too fast */
            readonly note?: string | null;
        };
        readonly Books: {
            readonly base: string;
            readonly settle: string;
            readonly mark: string | null;
            readonly entry_price: string | null;
            readonly liquidation_price: string | null;
            /** @description of completed cells */
            readonly grid_profit: string | null;
            readonly realised: string | null;
            readonly unrealised: string | null;
            readonly funding: string | null;
            readonly fees: string | null;
            /** @description bot and desk do not agree at the moment: these agreed last, at most 5 s ago */
            readonly as_of?: string;
        };
        readonly Restraint: {
            readonly state: components["schemas"]["InstanceState"];
            readonly since: string | null;
            readonly why: string;
            readonly way_out: string;
        };
        readonly Instance: {
            readonly id: string;
            readonly name: string;
            readonly state: components["schemas"]["InstanceState"];
            readonly desired: components["schemas"]["DesiredState"];
            /** @description why it is not simply running */
            readonly reason: string | null;
            readonly pid: number | null;
            readonly port: number | null;
            /** @description of several legs those of all: okx+hyperliquid */
            readonly venue: string;
            /** @description of several legs that of the first, and the position with it */
            readonly symbol: string;
            /** @description absent: it trades one contract */
            readonly legs?: readonly {
                /** @description at its desk and in its journal */
                readonly name: string;
                readonly venue: string;
                readonly symbol: string;
                readonly account: string;
                readonly state: components["schemas"]["InstanceState"] | null;
                readonly position: string | null;
                /** @description in its own settlement currency */
                readonly equity: string | null;
                readonly orders: number | null;
                /** @description why its bot takes no new risk on it now */
                readonly closed_reason: string | null;
            }[];
            /** @enum {string} */
            readonly mode: "paper" | "testnet" | "live" | "sandbox";
            readonly strategy: string;
            readonly equity: string | null;
            readonly pnl: string | null;
            readonly pnl_today: string | null;
            readonly position: string | null;
            /** @description where the venue says another */
            readonly position_venue?: string | null;
            /** @description of two legs, for longer than 30 s */
            readonly unhedged?: {
                /** @description base, without a sign */
                readonly amount: string;
                readonly base: string;
                /** @description wall time */
                readonly since: string;
                /** @description what keeps its legs from trading, as far as desks know it */
                readonly why: string;
            } | null;
            readonly foreign_orders?: {
                readonly count: number;
                /** @description decimal text */
                readonly buying: string;
                /** @description decimal text */
                readonly selling: string;
            } | null;
            readonly fills: number | null;
            /** @description that the venue may still fill */
            readonly orders: number | null;
            /** @description of them, of unknown outcome */
            readonly orders_unknown?: number | null;
            readonly orders_wanted?: number | null;
            readonly orders_missing_reason?: string | null;
            readonly missing_orders?: readonly {
                /** @description a code of docs/reference/reasons.md */
                readonly reason: string;
                readonly text: string;
                readonly count: number;
            }[];
            readonly books?: components["schemas"]["Books"] | null;
            /** @description of all its fills */
            readonly fingerprint?: string | null;
            readonly restraint?: components["schemas"]["Restraint"] | null;
            readonly restarts: number;
            readonly memory_mb: number | null;
            /** @description of one core */
            readonly cpu_percent: number | null;
            readonly uptime_s: number | null;
            readonly config_file: string;
            readonly started_at: string | null;
            readonly node: string;
            readonly tags: readonly string[];
            /** @description of the log of a quarantined one */
            readonly last_lines: readonly string[];
        };
        readonly InstanceList: {
            readonly items: readonly components["schemas"]["Instance"][];
            readonly next_cursor: null;
            readonly feed: components["schemas"]["Feed"] | null;
            /** @description of configuration files; the other instances run */
            readonly faults: readonly string[];
        };
        readonly ActionResult: {
            readonly id: string;
            readonly ok: boolean;
            readonly state: components["schemas"]["InstanceState"] | null;
            /** @description what came of it */
            readonly text: string;
            readonly code: ("UNAUTHORIZED" | "FORBIDDEN" | "NOT_FOUND" | "VALIDATION" | "CONFLICT" | "PRECONDITION" | "REFUSED_RISK" | "TOO_MANY_REQUESTS" | "SERVICE_UNAVAILABLE" | "INTERNAL") | null;
        };
        readonly LogPage: {
            /** @description lines, the oldest first */
            readonly items: readonly string[];
            /** @description cursor for what lies before; null: nothing does */
            readonly older: string | null;
            /** @description cursor for what is added behind it */
            readonly newer: string;
        };
        readonly GridAdjustment: {
            readonly orders_kept: number;
            readonly orders_canceled: number;
            readonly orders_placed: number;
            readonly orders_wanted?: number;
            readonly orders_allowed?: number;
            /** @description decimal text */
            readonly price?: string;
            readonly price_outside?: ("below" | "above") | null;
            readonly limits?: readonly ({
                readonly code: string;
                readonly text: string;
                readonly side: string;
                /** @description decimal text */
                readonly line: string;
                readonly before: number;
            } & {
                readonly [key: string]: unknown;
            })[];
            readonly market_trade?: ({
                /** @enum {string} */
                readonly side: "buy" | "sell";
                /** @description decimal text */
                readonly quantity: string;
                readonly unit: string;
                /** @description decimal text */
                readonly price: string;
                /** @description decimal text */
                readonly fee: string;
                readonly settle: string;
                /** @description decimal text */
                readonly position_before: string;
                /** @description decimal text */
                readonly position_after: string;
            } & {
                readonly [key: string]: unknown;
            }) | null;
            readonly dry_run: boolean;
            readonly changes?: {
                readonly canceled: readonly ({
                    readonly side: string;
                    /** @description decimal text */
                    readonly price: string;
                    /** @description decimal text */
                    readonly quantity: string;
                } & {
                    readonly [key: string]: unknown;
                })[];
                readonly placed: readonly ({
                    readonly side: string;
                    /** @description decimal text */
                    readonly price: string;
                    /** @description decimal text */
                    readonly quantity: string;
                } & {
                    readonly [key: string]: unknown;
                })[];
            } & {
                readonly [key: string]: unknown;
            };
        } & {
            readonly [key: string]: unknown;
        };
        readonly Health: {
            /** @enum {string} */
            readonly status: "healthy" | "degraded" | "unhealthy";
            /** @description ISO 8601, UTC */
            readonly timestamp: string;
            /** @description s */
            readonly uptime: number;
            readonly checks: {
                /** @enum {string} */
                readonly database: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly redis: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly memory: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly disk: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly bots: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly venues: "healthy" | "warning" | "unhealthy" | "disabled";
            };
        };
        readonly Version: {
            /** @constant */
            readonly name: "perpfleet";
            readonly version: string;
            readonly node: string;
            readonly protocol: number;
        };
        readonly FleetActionResult: {
            /** @description with all of them */
            readonly ok: boolean;
            readonly items: readonly components["schemas"]["ActionResult"][];
        };
        readonly Order: {
            readonly client_id: string;
            readonly instance: string;
            readonly venue: string;
            readonly symbol: string;
            /** @enum {string} */
            readonly side: "buy" | "sell";
            readonly kind: string;
            readonly price: string | null;
            /** @description decimal text, or position: all of it */
            readonly quantity: string;
            /** @description decimal text */
            readonly filled: string;
            readonly state: string;
            readonly slot: string;
            readonly reason: string | null;
            /** @description ISO 8601, UTC */
            readonly sent_at: string;
        };
        readonly Fill: {
            readonly id: string;
            /** @description market time */
            readonly at: string;
            readonly instance: string;
            readonly venue: string;
            readonly symbol: string;
            /** @enum {string} */
            readonly side: "buy" | "sell";
            /** @description decimal text */
            readonly price: string;
            /** @description decimal text */
            readonly quantity: string;
            /** @description decimal text */
            readonly fee: string;
            readonly maker: boolean;
            readonly client_id: string | null;
        };
        readonly Position: {
            readonly instance: string;
            readonly venue: string;
            readonly symbol: string;
            /** @description decimal text */
            readonly quantity: string;
            readonly equity: string | null;
            readonly orders: number | null;
        };
        readonly Balance: {
            readonly account: string;
            readonly venue: string;
            readonly mode: string;
            readonly currency: string;
            /** @description null until the venue has told it */
            readonly equity: string | null;
            /** @description decimal text */
            readonly instances_equity: string;
            readonly unallocated: string | null;
            readonly instances: readonly string[];
        };
        readonly Trade: {
            readonly instance: string;
            readonly venue: string;
            readonly symbol: string;
            /** @enum {string} */
            readonly side: "long" | "short";
            /** @description ISO 8601, UTC */
            readonly opened_at: string;
            /** @description ISO 8601, UTC */
            readonly closed_at: string;
            /** @description decimal text */
            readonly quantity: string;
            /** @description decimal text */
            readonly entry: string;
            /** @description decimal text */
            readonly exit: string;
            /** @description decimal text */
            readonly gross: string;
            /** @description decimal text */
            readonly fees: string;
            /** @description decimal text */
            readonly pnl: string;
            readonly id: string;
        };
        readonly Candle: {
            /** @description its opening, market time */
            readonly at: string;
            /** @description decimal text */
            readonly open: string;
            /** @description decimal text */
            readonly high: string;
            /** @description decimal text */
            readonly low: string;
            /** @description decimal text */
            readonly close: string;
            /** @description decimal text */
            readonly volume: string;
            /** @description false: the market has not reached its end */
            readonly finished: boolean;
        };
        readonly CandlePage: {
            /** @description ascending, up to the market time */
            readonly items: readonly components["schemas"]["Candle"][];
            /** @description coarser than asked where the recording is */
            readonly timeframe: string;
            readonly market_time: string | null;
            /** @description as before: what opened earlier; null: nothing */
            readonly next_cursor: string | null;
        };
        readonly Reason: {
            readonly slot: string;
            /** @enum {string} */
            readonly side: "buy" | "sell";
            /** @description decimal text */
            readonly price: string;
            /** @description decimal text, or position: all of it */
            readonly quantity: string;
            /** @description a code of docs/reference/reasons.md */
            readonly reason: string;
            readonly text: string;
        };
        readonly Funding: {
            readonly id: string;
            /** @description market time */
            readonly at: string;
            readonly instance: string;
            readonly venue: string;
            readonly symbol: string;
            readonly rate: string | null;
            /** @description negative: paid */
            readonly amount: string;
            readonly position: string | null;
        };
        readonly JournalEvent: {
            readonly seq: number;
            readonly account: string;
            /** @description market time */
            readonly at: string;
            /** @enum {string} */
            readonly kind: "fill" | "funding";
            readonly fill: components["schemas"]["Fill"] | null;
            readonly funding: components["schemas"]["Funding"] | null;
        };
        readonly Exchange: {
            readonly name: string;
            readonly connected: boolean;
            readonly reconciled: boolean;
            readonly accounts: readonly string[];
            readonly instances: readonly string[];
            readonly symbols: readonly string[];
        };
        readonly Connection: {
            readonly exchange: string;
            readonly account: string;
            readonly connected: boolean;
            readonly reconciled: boolean;
            /** @description average round trip of a request */
            readonly latency_ms: number | null;
            readonly last_message_at: string | null;
            readonly reconnects: number | null;
            readonly streams: readonly string[];
        };
        readonly Process: {
            /** @description control, exchange, desk-NAME or bot-ID */
            readonly name: string;
            readonly pid: number | null;
            readonly state: string;
            readonly restarts: number;
            readonly uptime_s: number | null;
            readonly memory_bytes: number | null;
            readonly cpu_seconds: number | null;
        };
        readonly HealthDetails: {
            /** @enum {string} */
            readonly status: "healthy" | "degraded" | "unhealthy";
            /** @description ISO 8601, UTC */
            readonly timestamp: string;
            /** @description s */
            readonly uptime: number;
            readonly checks: {
                /** @enum {string} */
                readonly database: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly redis: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly memory: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly disk: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly bots: "healthy" | "warning" | "unhealthy" | "disabled";
                /** @enum {string} */
                readonly venues: "healthy" | "warning" | "unhealthy" | "disabled";
            };
            readonly version: string;
            readonly node: string;
            /** @description 0 to 100 */
            readonly system_health: number;
            readonly feed: components["schemas"]["Feed"] | null;
            readonly faults: readonly string[];
            readonly processes: readonly components["schemas"]["Process"][];
            readonly instances: readonly {
                readonly id: string;
                /** @enum {string} */
                readonly state: "starting" | "reconciling" | "running" | "paused" | "reduce_only" | "halted" | "killed" | "disarmed" | "stopping" | "stopped" | "restarting" | "quarantined" | "unreachable" | "foreign";
                readonly reason: string | null;
            }[];
            readonly connections: readonly components["schemas"]["Connection"][];
        };
        readonly HealthWorkers: {
            /** @enum {string} */
            readonly status: "healthy" | "warning" | "unhealthy" | "disabled";
            readonly workers: number;
            readonly active_tasks: number;
            readonly queues: readonly string[];
        };
        readonly Alert: {
            readonly id: string;
            /** @description e.g. BotDown */
            readonly alert: string;
            /** @enum {string} */
            readonly level: "critical" | "warning" | "info";
            /** @description an instance, a desk, an account or the fleet */
            readonly subject: string;
            readonly text: string;
            /** @description ISO 8601, UTC */
            readonly since: string;
            /** @description null: it still holds */
            readonly ended_at: string | null;
        };
        readonly OpportunityLeg: {
            readonly exchange: string;
            readonly symbol: string;
            /** @description depth-weighted over the size, rounded against the trader */
            readonly price: string;
            /** @description a limit at it takes the whole size from the book as it stands */
            readonly worst: string;
            /** @description decimal text */
            readonly notional: string;
            /** @description of notional and margin */
            readonly currency: string;
            /** @description initial margin at leverage 1 */
            readonly margin: string;
        };
        readonly Opportunity: {
            readonly pair: string;
            readonly base: string;
            /** @description of the update that it was computed from */
            readonly at: string;
            /** @description ISO 8601, UTC */
            readonly since: string;
            readonly buy: components["schemas"]["OpportunityLeg"];
            readonly sell: components["schemas"]["OpportunityLeg"];
            /** @description base */
            readonly size: string;
            readonly limited_by: ("depth" | "margin") | null;
            /** @description after all costs of the round trip, of notional */
            readonly edge_bps: string;
            /** @description decimal text */
            readonly edge: string;
            /** @description decimal text */
            readonly notional: string;
            /** @description of edge, notional, costs and funding_per_day */
            readonly currency: string;
            readonly costs: {
                /** @description what one venue pays more than the other asks */
                readonly entry_difference: string;
                /** @description of all four fills */
                readonly fees: string;
                /** @description decimal text */
                readonly slippage: string;
                /** @description decimal text */
                readonly exit_spread: string;
                /** @description within the holding time; positive: received */
                readonly funding: string;
            };
            /** @description decimal text */
            readonly funding_per_day: string;
            /** @description until funding pays for the rest; null: never */
            readonly break_even_s: number | null;
        };
        readonly ComparedPair: {
            readonly pair: string;
            readonly base: string;
            readonly legs: readonly {
                readonly exchange: string;
                readonly symbol: string;
                readonly bid: string | null;
                readonly ask: string | null;
                /** @description by the clock of the venue */
                readonly age_ms: number | null;
            }[];
            readonly opportunity: boolean;
            readonly buy_exchange: string | null;
            /** @description null: not priced */
            readonly edge_bps: string | null;
            readonly reasons: readonly {
                /** @description docs/concepts/arbitrage.md, "Reasons" */
                readonly code: string;
                readonly exchange: string | null;
                readonly symbol: string | null;
                readonly found: string | null;
                readonly needed: string | null;
            }[];
        };
        readonly OpportunityHistory: {
            readonly id: number;
            readonly pair: string;
            readonly buy_exchange: string;
            readonly sell_exchange: string;
            /** @description ISO 8601, UTC */
            readonly opened_at: string;
            /** @description null: it is there still */
            readonly closed_at: string | null;
            /** @description the best of its life */
            readonly edge_bps: string;
            /** @description decimal text */
            readonly edge: string;
            readonly currency: string;
            /** @description decimal text */
            readonly size: string;
            /** @description why it ended */
            readonly reason: string | null;
        };
        readonly ComparedFunding: {
            readonly exchange: string;
            readonly symbol: string;
            readonly base: string;
            /** @description of the next settlement; positive: longs pay */
            readonly rate: string;
            readonly interval_s: number;
            /** @description ISO 8601, UTC */
            readonly next_at: string;
            /** @description decimal text */
            readonly rate_per_second: string;
            /** @description decimal text */
            readonly rate_per_day: string;
            /** @description ISO 8601, UTC */
            readonly at: string;
        };
        readonly ExecutedLeg: {
            readonly venue: string;
            readonly symbol: string;
            /** @description base */
            readonly bought: string;
            /** @description decimal text */
            readonly sold: string;
            /** @description minus the signed worth of all fills */
            readonly cash: string;
            /** @description decimal text */
            readonly fees: string;
            /** @description positive: received */
            readonly funding: string;
            /** @description part of cash: against the prices of the decision */
            readonly slippage: string;
            /** @description cash − fees + funding, what is held at mark */
            readonly total: string | null;
            /** @description currency of the amounts of this leg */
            readonly settle: string;
        };
        readonly ExecutedOpportunity: {
            readonly instance: string;
            /** @description in the life of the instance, from 1 */
            readonly number: number;
            /** @description market time */
            readonly opened_at: string;
            /** @description null: still held */
            readonly closed_at: string | null;
            readonly held_s: number;
            /** @description null: still held */
            readonly outcome: ("profit" | "loss" | "unwound") | null;
            /** @description why it was left */
            readonly exit: string | null;
            /** @enum {string} */
            readonly first_leg: "long" | "short";
            readonly base: string;
            /** @description base, of the smaller leg */
            readonly size: string | null;
            /** @description currency of the amounts, that of the first leg */
            readonly settle: string;
            /** @description decimal text */
            readonly total: string;
            readonly fees: string | null;
            /** @description positive: received */
            readonly funding: string | null;
            /** @description part of total */
            readonly slippage: string | null;
            /** @description the most that both legs bound */
            readonly margin_max: string;
            /** @description a share: total ÷ time-weighted margin of both legs */
            readonly margin_return: string | null;
            /** @description the same for a year; null: held for less than a day */
            readonly annual_return: string | null;
            readonly legs: readonly components["schemas"]["ExecutedLeg"][];
        };
        readonly ShownConfig: {
            readonly id: string;
            readonly file: string;
            /** @description null: the file as it is now */
            readonly version: number | null;
            readonly content: string;
        };
        readonly ConfigVersion: {
            readonly instance: string;
            readonly version: number;
            /** @description ms since 1970 UTC */
            readonly at: number;
            readonly author: string;
            readonly origin: string;
            readonly hash: string;
            readonly file: string;
        };
        readonly WrittenConfig: {
            readonly id: string;
            readonly file: string;
            readonly version: number;
        };
        readonly CreatedConfig: {
            readonly id: string;
            readonly file: string;
            readonly version: number;
            readonly autostart: boolean;
            /** @description others with the same contract on the account */
            readonly same_contract: readonly string[];
            /** @description the paper account that it was given */
            readonly own_account: string | null;
        };
        readonly Validation: {
            readonly faults: readonly string[];
            readonly warnings: readonly string[];
            /** @description that may run */
            readonly instances: readonly string[];
        };
        readonly BotStatus: {
            readonly id: string;
            readonly name: string;
            readonly state: string;
            readonly mode: string;
            readonly mode_reason: string | null;
            readonly feed: string | null;
            readonly pace: unknown;
            readonly strategy: string;
            readonly venue: string;
            readonly account: string;
            readonly symbol: string;
            readonly pid: number;
            readonly web_port: number;
            /** @description ISO 8601, UTC */
            readonly started_at: string;
            /** @description s */
            readonly uptime: number;
            readonly desk: {
                readonly connected: boolean;
                readonly ready: boolean;
            } & {
                readonly [key: string]: unknown;
            };
            readonly parameters: {
                readonly [key: string]: unknown;
            };
            /** @description ISO 8601, UTC */
            readonly market_time?: string;
            /** @description ISO 8601, UTC */
            readonly born_at?: string;
            readonly last_seq?: number;
            readonly last_step?: number;
            readonly price?: ({
                /** @description decimal text */
                readonly last: string;
                /** @description decimal text */
                readonly mark: string;
            } & {
                readonly [key: string]: unknown;
            }) | null;
            readonly position?: {
                /** @description decimal text */
                readonly quantity: string;
                readonly base: string;
                /** @description decimal text */
                readonly cost: string;
                readonly entry_price: string | null;
                readonly liquidation_price: string | null;
            } & {
                readonly [key: string]: unknown;
            };
            readonly settle?: string;
            /** @description decimal text */
            readonly equity?: string;
            readonly pnl?: {
                readonly [key: string]: unknown;
            };
            readonly fills?: {
                readonly count: number;
                readonly last: readonly ({
                    readonly seq: number;
                    /** @description ISO 8601, UTC */
                    readonly at: string;
                    /** @enum {string} */
                    readonly side: "buy" | "sell";
                    /** @description decimal text */
                    readonly price: string;
                    /** @description decimal text */
                    readonly quantity: string;
                    /** @description decimal text */
                    readonly fee: string;
                    readonly maker: boolean;
                    readonly slot: string;
                } & {
                    readonly [key: string]: unknown;
                })[];
            } & {
                readonly [key: string]: unknown;
            };
            readonly fingerprint?: string;
            readonly orders?: {
                readonly wanted: number;
                readonly resting: number;
                readonly missing: number;
                readonly list: readonly ({
                    readonly slot: string;
                    /** @enum {string} */
                    readonly side: "buy" | "sell";
                    /** @description decimal text */
                    readonly price: string;
                    /** @description decimal text, or position: all of it */
                    readonly quantity: string;
                    readonly protective: boolean;
                    /** @enum {string} */
                    readonly state: "resting" | "missing";
                    /** @description a code of docs/reference/reasons.md */
                    readonly reason: string | null;
                    readonly reason_text: string | null;
                } & {
                    readonly [key: string]: unknown;
                })[];
            } & {
                readonly [key: string]: unknown;
            };
            /** @description by slot */
            readonly reasons?: {
                readonly [key: string]: string;
            };
            readonly disagreements?: readonly string[];
            readonly grid?: ({
                /** @description 31 lines, 30 intervals */
                readonly lines?: string;
                readonly type?: string;
                readonly mode?: string;
                readonly phase?: string;
                readonly range?: {
                    readonly lower: string | null;
                    readonly upper: string | null;
                } & {
                    readonly [key: string]: unknown;
                };
                readonly in_range?: boolean;
                /** @description decimal text */
                readonly quantity?: string;
                /** @description decimal text */
                readonly position_wanted?: string;
                readonly completed_cells?: number;
                /** @description decimal text */
                readonly grid_profit?: string;
                /** @description decimal text */
                readonly inventory?: string;
                /** @description decimal text */
                readonly entry_adjustment?: string;
                /** @description decimal text */
                readonly closed?: string;
                /** @description decimal text */
                readonly funding?: string;
                /** @description decimal text */
                readonly fees?: string;
                /** @description decimal text */
                readonly total?: string;
                readonly next_lines?: {
                    readonly buy: string | null;
                    readonly sell: string | null;
                } & {
                    readonly [key: string]: unknown;
                };
                /** @description orders that open_orders_max keeps back */
                readonly virtual?: readonly ({
                    readonly slot: string;
                    /** @enum {string} */
                    readonly side: "buy" | "sell";
                    /** @description decimal text */
                    readonly price: string;
                    /** @description decimal text */
                    readonly quantity: string;
                } & {
                    readonly [key: string]: unknown;
                })[];
                readonly liquidation?: {
                    readonly now: string | null;
                    readonly worst_long: string | null;
                    readonly worst_short: string | null;
                } & {
                    readonly [key: string]: unknown;
                };
                readonly stop_loss_price?: string | null;
                readonly stop_price?: string | null;
                readonly take_profit_price?: string | null;
                readonly trailing_stop?: string | null;
                readonly trigger_price?: string | null;
                readonly finish?: string | null;
            } & {
                readonly [key: string]: unknown;
            }) | null;
            /** @description of an instance of several: each in its own money */
            readonly legs?: readonly ({
                readonly name: string;
                readonly venue: string;
                readonly account: string;
                readonly symbol: string;
                readonly desk: {
                    readonly connected: boolean;
                    readonly ready: boolean;
                } & {
                    readonly [key: string]: unknown;
                };
                /** @description it may take new risk */
                readonly is_open: boolean;
                readonly closed_reason: string | null;
                /** @description decimal text */
                readonly settle_rate: string;
                readonly price?: {
                    /** @description decimal text */
                    readonly last: string;
                    /** @description decimal text */
                    readonly mark: string;
                } & {
                    readonly [key: string]: unknown;
                };
                readonly position?: {
                    /** @description decimal text */
                    readonly quantity: string;
                    readonly base: string;
                    /** @description decimal text */
                    readonly cost: string;
                    readonly entry_price: string | null;
                } & {
                    readonly [key: string]: unknown;
                };
                readonly settle?: string;
            } & {
                readonly [key: string]: unknown;
            })[];
        } & {
            readonly [key: string]: unknown;
        };
        readonly GridPreview: {
            readonly title: string;
            readonly objections: readonly ({
                readonly code: string;
                readonly text: string;
            } & {
                readonly [key: string]: unknown;
            })[];
            readonly grid: ({
                /** @description decimal text */
                readonly price: string;
                /** @description decimal text */
                readonly quantity: string;
                readonly lines: readonly ({
                    /** @description decimal text */
                    readonly price: string;
                    readonly side: ("buy" | "sell") | null;
                    /** @description decimal text */
                    readonly quantity: string;
                    readonly isVirtual: boolean;
                } & {
                    readonly [key: string]: unknown;
                })[];
                readonly orders: number;
                readonly placed: number;
                readonly cells: readonly ({
                    /** @description decimal text */
                    readonly lower: string;
                    /** @description decimal text */
                    readonly upper: string;
                    /** @description decimal text */
                    readonly gross: string;
                    /** @description decimal text */
                    readonly fees: string;
                    /** @description decimal text */
                    readonly net: string;
                    readonly netPercent: string;
                } & {
                    readonly [key: string]: unknown;
                })[];
                readonly worst: ({
                    /** @description decimal text */
                    readonly lower: string;
                    /** @description decimal text */
                    readonly upper: string;
                    /** @description decimal text */
                    readonly gross: string;
                    /** @description decimal text */
                    readonly fees: string;
                    /** @description decimal text */
                    readonly net: string;
                    readonly netPercent: string;
                } & {
                    readonly [key: string]: unknown;
                }) | null;
                /** @description decimal text */
                readonly marginNeeded: string;
                /** @description decimal text */
                readonly capital: string;
                readonly leverage: string;
                readonly liquidationNow: string | null;
                readonly liquidationWorstLong: string | null;
                readonly liquidationWorstShort: string | null;
            } & {
                readonly [key: string]: unknown;
            }) | null;
            /** @description where price and contract come from */
            readonly source: string;
        } & {
            readonly [key: string]: unknown;
        };
        readonly Job: {
            readonly id: string;
            /** @enum {string} */
            readonly kind: "backtest" | "optimize" | "walk_forward" | "compare";
            /** @enum {string} */
            readonly state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
            readonly author: string;
            /** @description as it was asked */
            readonly request: unknown;
            /** @description ISO 8601, UTC */
            readonly created_at: string;
            readonly started_at: string | null;
            readonly ended_at: string | null;
            /** @description 0 to 1 */
            readonly progress: number | null;
            /** @description one sentence */
            readonly error: string | null;
            /** @description headline figures of the report; null before its end */
            readonly summary: unknown;
        };
        readonly JobList: {
            readonly items: readonly components["schemas"]["Job"][];
            /** @description null: there is no more */
            readonly next_cursor: string | null;
        };
        readonly Strategy: {
            readonly id: string;
            /** @description each with type, doc, unit, default */
            readonly parameters: {
                readonly [key: string]: unknown;
            };
        };
        readonly StrategyList: {
            readonly items: readonly components["schemas"]["Strategy"][];
            /** @description null: there is no more */
            readonly next_cursor: string | null;
        };
        readonly DataSet: {
            /** @enum {string} */
            readonly kind: "candles" | "mark" | "funding";
            readonly venue: string;
            readonly symbol: string;
            /** @description null: funding */
            readonly timeframe: string | null;
            /** @description of the set, for data; null: no candles */
            readonly name: string | null;
            readonly rows: number;
            /** @description ISO 8601, UTC */
            readonly first_at: string;
            /** @description ISO 8601, UTC */
            readonly last_at: string;
        };
        readonly DataSetList: {
            readonly items: readonly components["schemas"]["DataSet"][];
            /** @description null: there is no more */
            readonly next_cursor: string | null;
        };
        readonly ReportTicket: {
            /** @description opens the report once, within 30 s */
            readonly url: string;
        };
        readonly StreamTicket: {
            /** @description for /api/v1/stream?ticket= */
            readonly ticket: string;
            /** @description seconds */
            readonly expires_in: number;
        };
        readonly EquityPoint: {
            /** @description wall time */
            readonly at: string;
            readonly market_at: string | null;
            /** @description decimal text */
            readonly equity: string;
            /** @description of what the point stands for */
            readonly low: string;
            /** @description of what the point stands for */
            readonly high: string;
            /** @description since the start */
            readonly pnl: string;
        };
        readonly EquityCurve: {
            /** @description oldest first */
            readonly items: readonly components["schemas"]["EquityPoint"][];
            /** @description null: there is no more */
            readonly next_cursor: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
